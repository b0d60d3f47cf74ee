using Fleet.Controller.Dispatch;
using Fleet.Protocol;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Link;

/// <summary>Checks the records that agents send. Nothing is trusted from the wire.</summary>
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

        return record.EntryCase switch
        {
            TaskRecord.EntryOneofCase.Started => "",
            TaskRecord.EntryOneofCase.Output => Fault(record.Output),
            TaskRecord.EntryOneofCase.StepEnded => Fault(record.StepEnded),
            TaskRecord.EntryOneofCase.Ended => Fault(record.Ended),
            _ => "it has no entry that this controller knows",
        };
    }

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
        return ended.Outcome.StartFailure.Length > LongestReason
            ? $"step_ended.outcome.start_failure has more than {LongestReason} characters"
            : "";
    }

    private static string Fault(TaskEnded ended)
    {
        if (!TaskEnds.IsAgentsToReport(ended.State))
            return $"ended.state {ended.State} is not an agent's to report";
        if (ended.Reason.Length > LongestReason)
            return $"ended.reason has more than {LongestReason} characters";
        return ended.WallUs < 0 ? "ended.wall_us is negative" : "";
    }
}
