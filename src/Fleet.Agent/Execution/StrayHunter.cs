using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Execution;

/// <summary>At the agent's start: ends what still runs of tasks whose agent was killed.</summary>
public sealed class StrayHunter(TimeProvider time)
{
    /// <summary>Ends the task's remaining processes and tells how many there were. Safe to repeat.</summary>
    /// <param name="trace">What is known of the task.</param>
    /// <param name="grace">How long SIGTERM may take.</param>
    /// <param name="cancellationToken">Cuts the grace short; the kill is carried out all the same.</param>
    public Task<KillReport> KillLeftoversAsync(LeftoverTrace trace, TimeSpan grace, CancellationToken cancellationToken)
    {
        // After a reboot none of it can run, and the same numbers would mean other processes.
        if (trace.BootId is { Length: > 0 } boot && boot != HostBoot.Id)
            return Task.FromResult(new KillReport(0, 0, []));

        return new TreeKiller(time)
            .KillAsync(new TaskTrace(trace.TaskId, trace.Leaders, trace.Mark), leader: null, grace, cancellationToken);
    }
}
