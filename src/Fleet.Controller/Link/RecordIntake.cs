using Fleet.Controller.Dispatch;
using Fleet.Controller.Logging;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;
using TaskRecord = Fleet.Protocol.V1.TaskRecord;

namespace Fleet.Controller.Link;

/// <summary>Lets records in: checked, and only for tasks that are the agent's own.</summary>
internal sealed partial class RecordIntake(OpenJobs open, IFleetStore store, PeerLines lines, ILogger<RecordIntake> log)
{
    /// <summary>Records of one message, at most.</summary>
    private const int MostRecords = 8192;

    /// <summary>Takes the records of one message; ends the session where they are not what they must be.</summary>
    public async ValueTask TakeAsync(AgentSession session, TaskRecords message)
    {
        if (message.Records.Count > MostRecords)
        {
            session.End(LinkEnd.Fault(StatusCode.InvalidArgument,
                $"records has {message.Records.Count} records in one message, at most {MostRecords} are allowed"));
            return;
        }

        var taskIds = new List<string>(message.Records.Count);
        var entries = new List<TaskEntry>(message.Records.Count);
        Dictionary<TaskId, TaskRecord>? late = null;
        Dictionary<TaskId, UnfitRecord>? unfit = null;
        foreach (var record in message.Records)
        {
            if (RecordCheck.Check(record, out var fault) is not { } id && !TaskId.TryParse(record.TaskId, out id))
            {
                session.End(LinkEnd.Fault(StatusCode.InvalidArgument, fault));
                return;
            }

            var owner = open.AgentOf(id.Job.ToString(), id.Ordinal);
            if (owner is null)
            {
                (late ??= [])[id] = record;
                session.TaskLogs?.Remove(id);
                continue;
            }

            if (owner != session.Agent.Id)
            {
                session.End(NotYours(record.TaskId));
                return;
            }

            // It is in the agent's journal and would come again with every link: the task is given up, and the link goes on. What
            // follows it has nothing to follow.
            if (unfit?.ContainsKey(id) == true)
                continue;
            if (fault.Length == 0)
                fault = LogFault(session, id, record);
            if (fault.Length > 0)
            {
                var seq = (long)Math.Min(record.Seq, long.MaxValue);
                (unfit ??= [])[id] = new UnfitRecord(id.Job.ToString(), id.Ordinal, seq, fault, UnfitKind.ForEver);
                continue;
            }

            // One string for all records of a run: they wait in memory by the thousand.
            taskIds.Add(taskIds.Count > 0 && taskIds[^1] == record.TaskId ? taskIds[^1] : record.TaskId);
            entries.Add(RecordEntries.Make(record, id));
        }

        if (late is not null)
            await SettleLateAsync(session, late);
        if (entries.Count > 0 || unfit is not null)
            await session.IngestAsync(new RecordBatch(session, taskIds, entries, message.CalculateSize(), unfit?.Values));
    }

    private string LogFault(AgentSession session, TaskId id, TaskRecord record)
    {
        var logs = session.TaskLogs ??= [];
        if (!logs.TryGetValue(id, out var log))
            logs[id] = log = new TaskLogCheck(open.StepsOf(id.Job.ToString()));
        if (record.EntryCase == TaskRecord.EntryOneofCase.Ended)
            logs.Remove(id);
        return log.Fault(record);
    }

    // Of a task that is not open here. Only the last record of each counts: all are dropped and acknowledged alike.
    private async Task SettleLateAsync(AgentSession session, Dictionary<TaskId, TaskRecord> late)
    {
        foreach (var (id, last) in late)
        {
            var stored = await store.Jobs.GetTaskAsync(id.Job.ToString(), id.Ordinal, session.Reading);
            if (stored is not null && stored.AgentId != session.Agent.Id)
            {
                session.End(NotYours(last.TaskId));
                return;
            }

            session.Forget(last.TaskId, (long)last.Seq, last.EntryCase == TaskRecord.EntryOneofCase.Ended);
        }

        var example = late.Values.First().TaskId;
        if (lines.AdmitsOfAgent(session.Agent.Name, "sent records of tasks that are not open here", $"{late.Count} tasks, {example} among them"))
            LogLate(session.Agent.Name, late.Count, example);
    }

    private static LinkEnd NotYours(string taskId) =>
        LinkEnd.Fault(StatusCode.PermissionDenied, $"task {taskId} is another agent's");

    [LoggerMessage(3560, LogLevel.Information, "{Agent} sent records of {Count} tasks that are not open here, {TaskId} among them; dropped")]
    private partial void LogLate(string agent, int count, string taskId);
}
