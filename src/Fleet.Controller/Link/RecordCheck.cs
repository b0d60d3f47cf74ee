using Fleet.Controller.Dispatch;
using Fleet.Protocol;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Link;

/// <summary>Checks the records that agents send, each by itself; <see cref="TaskLogCheck"/> looks at what they say together. Nothing is trusted from the wire.</summary>
internal static class RecordCheck
{
    private const int LongestReason = 4096;
    private const long LastInstantMs = 253_402_300_799_999; // 9999-12-31, the last day DateTimeOffset has

    /// <summary>The task that a record is about; null with the fault named where the record is not good.</summary>
    public static TaskId? Check(TaskRecord record, out string fault)
    {
        if (!TaskId.TryParse(record.TaskId, out var id))
        {
            fault = "a record's task_id is not a task id";
            return null;
        }

        fault = Fault(record);
        Clean(record);
        return fault.Length == 0 ? id : null;
    }

    // Sentences for people, one line each: what a hostile agent puts into them reaches every terminal, log and channel.
    private static void Clean(TaskRecord record)
    {
        if (record.Ended is { } ended)
            ended.Reason = OneLineText.Clean(ended.Reason);
        if (record.StepEnded?.Outcome is { HasStartFailure: true } outcome)
            outcome.StartFailure = OneLineText.Clean(outcome.StartFailure);
    }

    private static string Fault(TaskRecord record)
    {
        if (record.Seq is 0 or > long.MaxValue)
            return "seq is out of range";
        if (record.AtMs is < 0 or > LastInstantMs)
            return "at_ms is out of range";

        var fault = record.EntryCase switch
        {
            TaskRecord.EntryOneofCase.Started => "",
            TaskRecord.EntryOneofCase.Output => Fault(record.Output),
            TaskRecord.EntryOneofCase.StepEnded => Fault(record.StepEnded),
            TaskRecord.EntryOneofCase.Ended => Fault(record.Ended),
            _ => "it has no entry that this controller knows",
        };
        return fault.Length > 0 ? fault : OrderFault(record);
    }

    // Every agent begins with the start, or with the end of a task that never did: the number tells which record may come.
    private static string OrderFault(TaskRecord record) => record.EntryCase switch
    {
        TaskRecord.EntryOneofCase.Started => record.Seq == 1 ? "" : "the task has started already",
        TaskRecord.EntryOneofCase.Ended => record.Seq > 1 || record.Ended.State is not (TaskState.Succeeded or TaskState.Failed)
            ? ""
            : $"ended.state is {record.Ended.State}, of a task that has not started",
        _ => record.Seq > 1 ? "" : "the first record of a task is neither its start nor its end",
    };

    private static string Fault(OutputChunk output)
    {
        if (output.Step >= Limits.Steps)
            return "output.step is out of range";
        if (output.Stream is not (OutputStream.Stdout or OutputStream.Stderr))
            return "output.stream is neither stdout nor stderr";
        if (output.Data.Length is 0 or > Limits.ChunkBytes)
            return $"output.data has {output.Data.Length} bytes, 1 to {Limits.ChunkBytes} are allowed";
        return output.Offset > long.MaxValue ? "output.offset is out of range" : "";
    }

    private static string Fault(StepEnded ended)
    {
        if (ended.Step >= Limits.Steps)
            return "step_ended.step is out of range";
        if (ended.Outcome is null || ended.Outcome.EndingCase == StepOutcome.EndingOneofCase.None)
            return "step_ended.outcome is missing";
        if (ended.Outcome.StartFailure.Length > LongestReason)
            return $"step_ended.outcome.start_failure has more than {LongestReason} characters";
        return ended.Outcome.EndingCase switch
        {
            StepOutcome.EndingOneofCase.ExitCode when !IsExitCode(ended.Outcome.ExitCode) => $"step_ended.outcome.exit_code is {ended.Outcome.ExitCode}",
            StepOutcome.EndingOneofCase.Signal when !IsSignal(ended.Outcome.Signal) => $"step_ended.outcome.signal is {ended.Outcome.Signal}",
            _ => "",
        };
    }

    private static string Fault(TaskEnded ended)
    {
        if (!TaskEnds.IsAgentsToReport(ended.State))
            return $"ended.state {ended.State} is not an agent's to report";
        if (ended.Reason.Length > LongestReason)
            return $"ended.reason has more than {LongestReason} characters";
        if (ended.HasExitCode && ended.HasSignal)
            return "ended has both an exit_code and a signal";
        if (ended.HasExitCode && !IsExitCode(ended.ExitCode))
            return $"ended.exit_code is {ended.ExitCode}";
        if (ended.HasSignal && !IsSignal(ended.Signal))
            return $"ended.signal is {ended.Signal}";
        if (ended.State == TaskState.Succeeded && (ended.HasSignal || ended.ExitCode != 0))
            return $"ended.state is Succeeded with {(ended.HasSignal ? $"signal {ended.Signal}" : $"exit_code {ended.ExitCode}")}";
        return ended.WallUs < 0 ? "ended.wall_us is negative" : "";
    }

    // What wait(2) can tell of a process.
    private static bool IsExitCode(int code) => code is >= 0 and <= 255;

    private static bool IsSignal(int signal) => signal is >= 1 and <= 127;
}
