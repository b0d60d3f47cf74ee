using Fleet.Agent.Execution.Processes;
using Fleet.Agent.Execution.Steps;

namespace Fleet.Agent.Execution;

/// <summary>One task from its turn to its report.</summary>
internal sealed class TaskRun(StepContext context)
{
    private readonly List<StepReport> _steps = [];
    private readonly List<ProcessIdentity> _leaders = [];

    internal async Task<TaskReport> RunAsync()
    {
        var request = context.Request;
        try
        {
            if (context.Stop.Cause is null)
                await RunStepsAsync();
        }
        catch (Exception error)
        {
            // Whatever went wrong was ours, not the program's; nothing of the task may run on unwatched.
            context.Stop.Give(new StopCause.Abandoned(error.Message));
            await EndLeftoversAsync();
        }

        // Stopped after its last step had ended by itself: then it was complete.
        var done = _steps.Count == request.Steps.Count && _steps.TrueForAll(step => step.Outcome is not
            (StepOutcome.TimedOut or StepOutcome.Cancelled or StepOutcome.Abandoned));
        var end = context.Stop.Cause is { } cause && (!done || cause is StopCause.Abandoned) ? cause.ToTaskEnd() : new TaskEnd.Completed();
        var report = new TaskReport(request.TaskId, end, _steps, request.Steps.Count - _steps.Count);
        await context.Observer.TaskEndedAsync(report);
        return report;
    }

    private async Task RunStepsAsync()
    {
        var request = context.Request;
        await context.Observer.TaskStartingAsync(new TaskStarting(request.TaskId, context.Mark, HostBoot.Id));

        // The clock starts when the task does, not while it waits for its turn or for the observer.
        using var timeout = context.Time.CreateTimer(
            static stop => ((StopSignal)stop!).Give(new StopCause.TimedOut()), context.Stop, request.RunTimeout, Timeout.InfiniteTimeSpan);

        for (var index = 0; index < request.Steps.Count && context.Stop.Cause is null; index++)
        {
            var report = await new StepRun(context, index, _leaders).RunAsync();
            _steps.Add(report);
            await context.Observer.StepEndedAsync(report);
            if (request.StopAtFailure && !report.Outcome.IsSuccess)
                return;
        }
    }

    private async Task EndLeftoversAsync()
    {
        if (_leaders.Count > 0)
            await new TreeKiller(context.Time)
                .KillAsync(new TaskTrace(context.Request.TaskId, _leaders, context.Mark, context.Cgroup), null, TimeSpan.Zero, context.Abort);
    }
}
