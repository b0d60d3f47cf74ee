using Fleet.Controller.Dispatch;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;
using TaskRecord = Fleet.Protocol.V1.TaskRecord;
using TaskState = Fleet.Storage.TaskState;

namespace Fleet.Controller.Link;

/// <summary>Translates checked records into entries for the store.</summary>
internal static class RecordEntries
{
    /// <summary>The entry for a record.</summary>
    public static TaskEntry Make(TaskRecord record, TaskId id)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(record.AtMs);
        var (kind, data, move) = Translate(record, at);
        return new TaskEntry
        {
            JobId = id.Job.ToString(),
            Ordinal = id.Ordinal,
            Kind = kind,
            At = at,
            AgentSeq = (long)record.Seq,
            Data = data,
            Move = move,
        };
    }

    private static (TaskEventKind, byte[], TaskMove?) Translate(TaskRecord record, DateTimeOffset at) => record.EntryCase switch
    {
        TaskRecord.EntryOneofCase.Started => (TaskEventKind.Started, [], new TaskMove(TaskState.Running) { StartedAt = at }),
        TaskRecord.EntryOneofCase.Output => (TaskEventKind.Output, record.Output.ToByteArray(), null),
        TaskRecord.EntryOneofCase.StepEnded => (TaskEventKind.StepEnded, record.StepEnded.ToByteArray(), null),
        TaskRecord.EntryOneofCase.Ended => End(record.Ended, record.Ended.ToByteArray()),
        _ => throw new InvalidOperationException("A record that was not checked got this far."),
    };

    private static (TaskEventKind, byte[], TaskMove?) End(TaskEnded ended, byte[] data) => (
        TaskEventKind.Ended,
        data,
        new TaskMove(TaskEnds.ToStored(ended.State)!.Value)
        {
            Reason = ended.Reason.Length > 0 ? ended.Reason : null,
            ExitCode = ended.HasExitCode ? ended.ExitCode : null,
            ResultBytes = data,
        });
}
