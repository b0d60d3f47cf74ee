using Fleet.Agent.Journal;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Link;

/// <summary>
/// Feeds one link with the records that the controller has not yet: from the journal, task by task in turn, and no more
/// in flight than the window. What does not fit waits in the journal's files, not in memory.
/// </summary>
/// <remarks>Fed by the executor's threads, emptied by the link's writer, acknowledged by its reader.</remarks>
internal sealed class RecordFeed : IDisposable
{
    // Bounds the list of unacknowledged batches where records are tiny.
    private const int MostBatches = 1024;
    private readonly Lock _gate = new();
    private readonly Dictionary<TaskId, Progress> _progress = [];
    private readonly Queue<Progress> _ready = new();
    private readonly TaskJournal _journal;
    private readonly LinkOptions _options;
    private readonly WakeUp _wakeUp;
    private long _bytesInFlight;
    private int _batchesInFlight;

    /// <param name="journal">Where the records are.</param>
    /// <param name="stored">For tasks that the controller knows: the last record it has.</param>
    /// <param name="options">Window and batch size.</param>
    /// <param name="wakeUp">Told when there is something to send.</param>
    public RecordFeed(TaskJournal journal, IReadOnlyDictionary<TaskId, ulong> stored, LinkOptions options, WakeUp wakeUp)
    {
        _journal = journal;
        _options = options;
        _wakeUp = wakeUp;
        _journal.Usage.Fresh.IsOpen = true;
        _journal.Appended += OnAppended;
        foreach (var log in _journal.Logs)
        {
            var seq = stored.GetValueOrDefault(log.Id);
            log.ContinueBehind(seq);
            _journal.Acknowledge(log, seq);
            lock (_gate)
                MarkReady(new Progress(log) { Sent = new LogPosition(0, seq) });
        }
    }

    /// <summary>Told of a task whose file cannot be read, and why; on this link nothing more of it is sent.</summary>
    public Action<TaskId, string>? Unreadable { get; init; }

    /// <summary>Takes the next records to send; false where there are none or the window is full.</summary>
    /// <param name="batch">Records of one task; an empty message to fill.</param>
    public bool TryTake(TaskRecords batch)
    {
        while (true)
        {
            Progress next;
            lock (_gate)
            {
                if (_bytesInFlight >= _options.WindowBytes || _batchesInFlight >= MostBatches || !_ready.TryDequeue(out next!))
                    return false;
                next.IsReady = false;
            }

            // The file is read outside the lock: the executor's threads must not wait for it.
            var sent = next.Sent;
            if (!TryRead(next, ref sent, batch, out var bytes))
                continue;
            lock (_gate)
            {
                next.Sent = sent;
                next.InFlight.Enqueue((sent.Seq, bytes));
                _bytesInFlight += bytes;
                _batchesInFlight++;
                if (sent.Seq < next.Log.LastSeq)
                    MarkReady(next);
            }

            return true;
        }
    }

    /// <summary>The controller has stored a task's records up to one.</summary>
    public void Acknowledge(TaskId id, ulong seq)
    {
        TaskLog? log;
        lock (_gate)
        {
            if (!_progress.TryGetValue(id, out var progress))
                return;
            log = progress.Log;
            while (progress.InFlight.TryPeek(out var batch) && batch.LastSeq <= seq)
            {
                progress.InFlight.Dequeue();
                _bytesInFlight -= batch.Bytes;
                _batchesInFlight--;
            }

            // Nobody acknowledges what was not sent, so an ended log that is acknowledged to its end is done with here.
            if (log.HasEnded && seq >= log.LastSeq)
                _progress.Remove(id);
        }

        _journal.Acknowledge(log, seq);
        _wakeUp.Set();
    }

    public void Dispose()
    {
        _journal.Appended -= OnAppended;
        _journal.Usage.Fresh.IsOpen = false;
        foreach (var log in _journal.Logs)
            log.DropFresh();
    }

    // A link that ended with one damaged file would end so each time, and take all other tasks along.
    private bool TryRead(Progress from, ref LogPosition position, TaskRecords batch, out int bytes)
    {
        try
        {
            bytes = from.Log.Read(ref position, _options.BatchBytes, batch.Records);
            return bytes > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bytes = 0;
            batch.Records.Clear();
            lock (_gate)
                from.IsUnreadable = true;
            Unreadable?.Invoke(from.Log.Id, e.Message);
            return false;
        }
    }

    private void OnAppended(TaskLog log)
    {
        lock (_gate)
        {
            var progress = _progress.GetValueOrDefault(log.Id) ?? new Progress(log);
            MarkReady(progress);
        }
    }

    private void MarkReady(Progress progress)
    {
        _progress.TryAdd(progress.Log.Id, progress);
        if (progress.IsReady || progress.IsUnreadable || (progress.Log.HasEnded && progress.Sent.Seq == progress.Log.LastSeq))
            return;
        progress.IsReady = true;
        _ready.Enqueue(progress);
        _wakeUp.Set();
    }

    private sealed class Progress(TaskLog log)
    {
        public TaskLog Log { get; } = log;

        public LogPosition Sent { get; set; }

        public bool IsReady { get; set; }

        public bool IsUnreadable { get; set; }

        public Queue<(ulong LastSeq, int Bytes)> InFlight { get; } = new();
    }
}
