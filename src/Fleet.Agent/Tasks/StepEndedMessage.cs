using Fleet.Agent.Execution;
using Fleet.Protocol.V1;
using StepOutcome = Fleet.Agent.Execution.StepOutcome;
using StreamTotals = Fleet.Protocol.V1.StreamTotals;

namespace Fleet.Agent.Tasks;

/// <summary>Puts a step's report on the wire.</summary>
internal static class StepEndedMessage
{
    /// <param name="report">What the executor tells.</param>
    /// <param name="lostStdout">Bytes of standard output that the journal had no room for.</param>
    /// <param name="lostStderr">The same of standard error.</param>
    public static StepEnded Of(StepReport report, ulong lostStdout, ulong lostStderr) => new()
    {
        Step = (uint)report.Step,
        Outcome = Of(report.Outcome),
        Used = new ResourceUse
        {
            WallUs = (long)report.WallTime.TotalMicroseconds,
            UserCpuUs = (long)report.CpuTime.User.TotalMicroseconds,
            SystemCpuUs = (long)report.CpuTime.System.TotalMicroseconds,
            PeakMemoryBytes = (ulong)Math.Max(0, report.PeakMemory.Bytes),
            ProcessesLeft = (uint)Math.Max(0, report.RemainingProcesses),
        },
        Stdout = Of(report.StandardOutput, lostStdout),
        Stderr = Of(report.StandardError, lostStderr),
    };

    private static StreamTotals Of(Execution.Output.StreamTotals totals, ulong lost) =>
        new() { TotalBytes = (ulong)totals.TotalBytes, DroppedBytes = (ulong)totals.DroppedBytes + lost };

    private static Fleet.Protocol.V1.StepOutcome Of(StepOutcome outcome) => outcome switch
    {
        StepOutcome.Exited exited => new() { ExitCode = exited.Code },
        StepOutcome.Signalled signalled => new() { Signal = signalled.Signal, CoreDumped = signalled.CoreDumped },
        StepOutcome.FailedToStart failed => new() { StartFailure = TaskVerdict.Shorten(failed.Detail) },
        StepOutcome.TimedOut => new() { TimedOut = true },
        StepOutcome.Cancelled => new() { Cancelled = true },
        // Abandoned by the agent: none of the endings is true, and the task's end says what happened.
        _ => new(),
    };
}
