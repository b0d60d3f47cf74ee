using Fleet.Controller.Dispatch;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Dispatch;

/// <summary>An agent as the invariants see it: a journal that survives restarts, and a count of how often each task was started.</summary>
internal sealed class SimulatedAgent(string id)
{
    private readonly HashSet<string> _seen = [];
    private int _boot = 1;
    private int _journalNumber = 1;

    public string Id { get; } = id;

    public FakeLink? Link { get; set; }

    public string Incarnation => $"boot{_boot}/journal{_journalNumber}";

    /// <summary>Records not acknowledged yet, by task.</summary>
    public Dictionary<string, List<TaskRecord>> Journal { get; } = [];

    /// <summary>How often each task was started, over all lives of the host.</summary>
    public Dictionary<string, int> Starts { get; } = [];

    /// <summary>Takes in what was posted to its link; messages of a link that broke are lost.</summary>
    public void Receive(long nowMs)
    {
        foreach (var message in Link?.Posted ?? [])
        {
            if (message.StartTask is { } start && _seen.Add(start.TaskId))
            {
                Starts[start.TaskId] = Starts.GetValueOrDefault(start.TaskId) + 1;
                Journal[start.TaskId] = [Record(start.TaskId, 1, nowMs, record => record.Started = new TaskStarted())];
            }
            else if (message.CancelTask is { } cancel)
            {
                End(cancel.TaskId, TaskState.Cancelled, nowMs);
            }
        }

        Link?.Posted.Clear();
    }

    /// <summary>The process of a task ends.</summary>
    public void End(string taskId, TaskState state, long nowMs)
    {
        if (!Journal.TryGetValue(taskId, out var records) || records[^1].Ended is not null)
            return;
        records.Add(Record(taskId, records[^1].Seq + 1, nowMs, record => record.Ended = new TaskEnded { State = state }));
    }

    /// <summary>The host starts anew: what ran is dead, and the journal says so.</summary>
    public void Reboot(long nowMs)
    {
        Link = null;
        _boot++;
        foreach (var taskId in Journal.Keys.ToArray())
            End(taskId, TaskState.Interrupted, nowMs);
    }

    /// <summary>The host starts anew with an empty disk.</summary>
    public void LoseJournal()
    {
        Link = null;
        _boot++;
        _journalNumber++;
        Journal.Clear();
        _seen.Clear();
    }

    public IReadOnlyList<HeldTaskReport> Held() =>
        [.. Journal.Select(log => new HeldTaskReport(log.Key, (long)log.Value[^1].Seq, log.Value[^1].Ended is null))];

    /// <summary>Everything of a task up to a record is stored. Only a task that is acknowledged to its end is forgotten.</summary>
    public void Acknowledge(string taskId, long seq)
    {
        if (Journal.TryGetValue(taskId, out var records) && records[^1].Ended is not null && (ulong)seq >= records[^1].Seq)
            Journal.Remove(taskId);
    }

    private static TaskRecord Record(string taskId, ulong seq, long nowMs, Action<TaskRecord> fill)
    {
        var record = new TaskRecord { TaskId = taskId, Seq = seq, AtMs = nowMs };
        fill(record);
        return record;
    }
}
