using Fleet.Agent.Execution;
using Fleet.Protocol.Units;
using Fleet.Protocol.V1;
using StepOutcome = Fleet.Agent.Execution.StepOutcome;

namespace Fleet.Agent.Tasks;

/// <summary>
/// Decides how a task ended and says why in a sentence:
/// <code>
/// its steps ended, all with 0        succeeded
/// its steps ended, one otherwise     failed
/// run timeout; the job's deadline    timed_out
/// an operator's cancel               cancelled
/// not started, or not in time        rejected
/// its own work gave it up           failed
/// the agent stops or could not go on interrupted
/// </code>
/// </summary>
internal static class TaskVerdict
{
    // A sentence, not a place to hide data; it must fit a record with room to spare.
    private const int LongestReason = 1000;

    /// <summary>Decides.</summary>
    /// <param name="report">What the executor tells.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="note">Who wanted the end, if somebody did.</param>
    /// <param name="wall">From the first step's start to the last one's end.</param>
    public static TaskEnded Of(TaskReport report, TaskRequest request, StopNote note, TimeSpan wall)
    {
        var (state, reason) = report.End switch
        {
            TaskEnd.Completed when report.IsSuccess => (TaskState.Succeeded, ""),
            TaskEnd.Completed => (TaskState.Failed, FailureOf(report, request)),
            TaskEnd.TimedOut => (TaskState.TimedOut,
                $"ran longer than its run timeout of {DurationText.Format(request.RunTimeout)}{Where(report, request)}"),
            TaskEnd.Cancelled cancelled => Cancelled(note, cancelled.Reason),
            TaskEnd.Abandoned abandoned when note.Origin == StopOrigin.NotStarted => (TaskState.Rejected, Or(note.Reason, abandoned.Detail)),
            TaskEnd.Abandoned when note.Origin == StopOrigin.GaveUp => (TaskState.Failed, note.Reason),
            TaskEnd.Abandoned abandoned => (TaskState.Interrupted, $"the agent could not continue it: {abandoned.Detail}"),
            _ => throw new InvalidOperationException($"a task cannot end as {report.End}"),
        };

        var ended = new TaskEnded { State = state, Reason = Shorten(Join(reason, AtItsLimits(report, request), Survivors(report), Left(report))), WallUs = (long)wall.TotalMicroseconds };
        switch (Telling(report)?.Outcome)
        {
            case StepOutcome.Exited exited:
                ended.ExitCode = exited.Code;
                break;
            case StepOutcome.Signalled signalled:
                ended.Signal = signalled.Signal;
                break;
        }

        return ended;
    }

    /// <summary>Cuts a sentence that somebody else made to a bearable length.</summary>
    public static string Shorten(string reason) => reason.Length <= LongestReason ? reason : reason[..(LongestReason - 3)] + "...";

    private static (TaskState State, string Reason) Cancelled(StopNote note, string fallback) => note.Origin switch
    {
        StopOrigin.Deadline => (TaskState.TimedOut, Or(note.Reason, "the job's deadline passed")),
        StopOrigin.AgentStop => (TaskState.Interrupted, Or(note.Reason, "the agent was stopped (its service, its package or the host) while the task ran")),
        StopOrigin.NotStarted => (TaskState.Rejected, note.Reason),
        StopOrigin.Abandoned => (TaskState.Cancelled, Or(note.Reason, "the controller had given the task up")),
        _ => (TaskState.Cancelled, Or(note.Reason, Or(fallback, "cancelled"))),
    };

    private static string FailureOf(TaskReport report, TaskRequest request)
    {
        var step = Telling(report)!;
        var which = request.Steps.Count == 1 ? "" : $"step {step.Step + 1} of {request.Steps.Count} ";
        var what = step.Outcome switch
        {
            StepOutcome.Exited exited => $"exited with code {exited.Code}",
            StepOutcome.Signalled signalled => $"was ended by {SignalName.Of(signalled.Signal)}{(signalled.CoreDumped ? " (core dumped)" : "")}",
            StepOutcome.FailedToStart failed => $"could not be started: {failed.Detail}",
            _ => "did not succeed",
        };
        var skipped = report.SkippedSteps == 0 ? "" : $"; the {(report.SkippedSteps == 1 ? "step" : $"{report.SkippedSteps} steps")} behind it not started";
        return which + what + skipped;
    }

    // The first that did not succeed says most, else the last.
    private static StepReport? Telling(TaskReport report) =>
        report.Steps.FirstOrDefault(s => !s.Outcome.IsSuccess) ?? (report.Steps is [.., var last] ? last : null);

    private static string Where(TaskReport report, TaskRequest request) =>
        request.Steps.Count == 1 || report.Steps.Count == 0 ? "" : $", in step {report.Steps[^1].Step + 1} of {request.Steps.Count}";

    /// <summary>Told also of a task that succeeded: a part of it may be missing.</summary>
    private static string AtItsLimits(TaskReport report, TaskRequest request)
    {
        var killed = report.Steps.Sum(s => s.MemoryKills);
        var refused = report.Steps.Sum(s => s.RefusedProcesses);
        var memory = request.Limits.MemoryBytes is { } bytes ? $"at its memory limit of {new ByteSize(bytes)}" : "for lack of memory";
        var first = killed == 0 ? "" : $"the kernel killed {(killed == 1 ? "one" : killed)} of its processes {memory}";
        var second = refused == 0 ? "" : $"{refused} times no process could be started at its limit of {request.Limits.Processes} processes";
        return Join(first, second);
    }

    private static string Survivors(TaskReport report)
    {
        var survivors = report.Steps.SelectMany(s => s.Kill?.Survivors ?? []).ToList();
        return survivors.Count == 0 ? "" : $"processes that could not be ended: {string.Join(", ", survivors)}";
    }

    /// <summary>Told also of a task that succeeded: a daemon may be meant, or forgotten.</summary>
    private static string Left(TaskReport report) => report.Steps is [.., { Kill: null, RemainingProcesses: > 0 and var left }]
        ? $"{left} of its processes {(left == 1 ? "runs" : "run")} on"
        : "";

    private static string Join(params ReadOnlySpan<string> parts)
    {
        var whole = "";
        foreach (var part in parts)
            whole += whole.Length > 0 && part.Length > 0 ? "; " + part : part;
        return whole;
    }

    private static string Or(string text, string otherwise) => text.Length > 0 ? text : otherwise;
}
