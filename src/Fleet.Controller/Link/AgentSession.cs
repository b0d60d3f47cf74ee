using Fleet.Controller.Dispatch;
using Fleet.Controller.Registry;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Link;

/// <summary>The live link of one agent, from its hello to its end. One task reads, one writes; everybody else posts.</summary>
/// <remarks>
/// Ten thousand of these stand idle at once: no timer, no buffer and no queue of its own before there is something in it.
/// The first end given counts; it stops the reader, closes the outbox, and the writer leaves last.
/// </remarks>
internal sealed partial class AgentSession : IAgentLink, IDisposable
{
    // So many of them, one for each task that an agent may have, fill less than half of its window.
    private const int SmallBytes = 8 * 1024;
    private static readonly TimeSpan BetweenConditionLines = TimeSpan.FromSeconds(10);
    private const int LinesAMinute = 10;

    private readonly SessionServices _room;
    private readonly Outbox _outbox;
    private readonly CancellationTokenSource _reading;
    private readonly Action _abort;
    private LinkEnd? _end;
    private TaskCompletionSource? _belowShare;
    private long _heardStamp;
    private long _saidStamp;
    private long _writeStamp;
    private long _unsettledBytes;
    private ulong _agentBeat;
    private int _runningTasks;
    private long _roundTripUs;
    private LaterAck? _laterAck;
    private int _strangeReports;
    private volatile IReadOnlyList<ReportedCondition> _conditions = [];
    private long _conditionsSaidStamp;

    /// <param name="agent">Whose link it is.</param>
    /// <param name="room">What all links share.</param>
    /// <param name="peer">The address it comes from.</param>
    /// <param name="abort">Tears the connection.</param>
    /// <param name="aborted">Fires when the connection is gone.</param>
    public AgentSession(AgentEntry agent, SessionServices room, string peer, Action abort, CancellationToken aborted)
    {
        Agent = agent;
        Peer = peer;
        _room = room;
        _abort = abort;
        _outbox = new Outbox(room.Options.Value.MaxOutboxMessages);
        _reading = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Since = room.Time.GetUtcNow();
        _heardStamp = _saidStamp = room.Time.GetTimestamp();
    }

    /// <summary>Whose link it is.</summary>
    public AgentEntry Agent { get; }

    /// <summary>The address it comes from.</summary>
    public string Peer { get; }

    /// <summary>Which start of the agent's process is at the other end; empty before its hello.</summary>
    public string ProcessId { get; set; } = "";

    /// <summary>Which boot of its host it is; empty before its hello.</summary>
    public string BootId { get; set; } = "";

    /// <summary>Which machine it runs on; empty where it does not say.</summary>
    public string Machine { get; set; } = "";

    /// <inheritdoc/>
    public string Architecture { get; set; } = "";

    /// <summary>Serial of the certificate that the connection showed; empty where it is not known.</summary>
    public string CertificateSerial { get; init; } = "";

    /// <inheritdoc/>
    public string ScanSetDigest { get; set; } = "";

    /// <summary>What the records of each open task have said over this link; null before the first. The reader's alone.</summary>
    public Dictionary<TaskId, TaskLogCheck>? TaskLogs { get; set; }

    /// <summary>Names this link in logs on both ends.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N")[..12];

    /// <inheritdoc/>
    public DateTimeOffset Since { get; }

    /// <inheritdoc/>
    public DateTimeOffset LastHeard => _room.Time.GetUtcNow() - _room.Time.GetElapsedTime(Volatile.Read(ref _heardStamp));

    /// <inheritdoc/>
    public int RunningTasks => Volatile.Read(ref _runningTasks);

    /// <inheritdoc/>
    public TimeSpan RoundTrip => TimeSpan.FromMicroseconds(Volatile.Read(ref _roundTripUs));

    /// <inheritdoc/>
    public IReadOnlyList<ReportedCondition> Conditions => _conditions;

    /// <summary>Why it ended; null while it has not.</summary>
    public LinkEnd? Ended => Volatile.Read(ref _end);

    /// <summary>Fires when there is nothing more to read.</summary>
    public CancellationToken Reading => _reading.Token;

    /// <inheritdoc/>
    public bool Post(ControllerMessage message)
    {
        if (_outbox.TryPost(message, out var isFull))
            return true;
        if (isFull)
            End(LinkEnd.NotReading);
        return false;
    }

    /// <inheritdoc/>
    public void Cut(Goodbye goodbye) => End(LinkEnd.OnPurpose(OfflineReasonOf(goodbye.Cause), goodbye));

    /// <summary>Ends the link. Whoever comes first says why.</summary>
    public void End(LinkEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is not null)
            return;

        _outbox.Close(end.Goodbye is { } goodbye ? new ControllerMessage { Goodbye = goodbye } : null);
        if (end.Farewell == LinkFarewell.Abort)
            _abort();
        try
        {
            _reading.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It had just come to its end by itself.
        }
    }

    /// <summary>Something came from the agent.</summary>
    public void Heard() => Volatile.Write(ref _heardStamp, _room.Time.GetTimestamp());

    /// <summary>The agent's heartbeat: noted, and answered with its number.</summary>
    public void HeardBeat(Heartbeat beat)
    {
        Volatile.Write(ref _roundTripUs, (long)Math.Min(beat.RoundTripUs, int.MaxValue));
        Volatile.Write(ref _runningTasks, (int)Math.Min(beat.RunningTasks, int.MaxValue));
        if (beat.Conditions.Count > 0 || _conditions.Count > 0)
            NoteConditions(ConditionsCheck.Check(beat.Conditions));
        Volatile.Write(ref _agentBeat, beat.Number);
        _outbox.Beat(beat.Number);
    }

    /// <summary>Looks whether something is to be said or the agent is gone. Cheap: called for every link every second.</summary>
    public void Sweep()
    {
        AcknowledgeLater();
        var time = _room.Time;
        var options = _room.Options;
        if (time.GetElapsedTime(Volatile.Read(ref _heardStamp)) > options.Value.HeartbeatTimeout)
            End(LinkEnd.Silent);
        else if (Volatile.Read(ref _writeStamp) is not 0 and var since && time.GetElapsedTime(since) > options.Value.WriteTimeout)
            End(LinkEnd.NotReading);
        else if (time.GetElapsedTime(Volatile.Read(ref _saidStamp)) > options.Value.HeartbeatTimeout / 3)
            _outbox.Beat(Volatile.Read(ref _agentBeat));
        else
            _outbox.Flush();
    }

    /// <summary>Hands records over to be stored; waits while too much of this agent is under way.</summary>
    public async ValueTask IngestAsync(RecordBatch batch)
    {
        if (Interlocked.Add(ref _unsettledBytes, batch.Bytes) > _room.Options.Value.MaxPendingBytesPerAgent)
            await BelowShareAsync(batch.Bytes);
        await _room.Ingest.EnqueueAsync(batch, Reading);
    }

    /// <summary>Records have been stored or given up; there is room for more.</summary>
    public void RecordsSettled(int bytes)
    {
        Interlocked.Add(ref _unsettledBytes, -bytes);
        Interlocked.Exchange(ref _belowShare, null)?.TrySetResult();
    }

    /// <summary>The store's verdict on a task's records, up to and with the given one; the message that brought them weighed so much.</summary>
    public void RecordsAnswered(string taskId, TaskEntry last, EntryOutcome outcome, int bytes)
    {
        switch (outcome.Status)
        {
            case EntryStatus.Applied or EntryStatus.Repeat when last.Kind == TaskEventKind.Ended && bytes <= SmallBytes:
                // A message less for each agent of a large job, just when all report at once.
                _outbox.AckInPassing(taskId, outcome.LastAgentSeq);
                break;
            case EntryStatus.Applied or EntryStatus.Repeat:
                _outbox.Ack(taskId, outcome.LastAgentSeq);
                break;
            case EntryStatus.AlreadyEnded or EntryStatus.UnknownTask:
                Abandon(taskId, last.AgentSeq!.Value, last.Kind == TaskEventKind.Ended);
                break;
            default:
                throw new InvalidOperationException($"{outcome.Status} is for the ingest to settle.");
        }
    }

    /// <summary>Everything up to this scan report is stored.</summary>
    public void ReportStored(ScanReport report) => _outbox.AckReport(report.SpoolId, report.Number);

    /// <summary>The same, but the agent is to hear of it no sooner than then: it waits with further reports.</summary>
    public void ReportStored(ScanReport report, DateTimeOffset at)
    {
        var isLater = at > _room.Time.GetUtcNow();
        Volatile.Write(ref _laterAck, isLater ? new LaterAck(report.SpoolId, report.Number, at) : null);
        if (!isLater)
            ReportStored(report);
    }

    /// <summary>Whether this link has brought no strange report before.</summary>
    public bool IsFirstStrangeReport() => Interlocked.Exchange(ref _strangeReports, 1) == 0;

    /// <summary>Says that a record came too late: the agent forgets the task, and ends it if it still runs.</summary>
    public void Abandon(string taskId, long seq, bool hasEnded)
    {
        if (_room.Lines.AdmitsOfAgent(Agent.Name, "records came after the end of their tasks and are dropped", taskId, LinesAMinute))
            LogLate(_room.Log, taskId, Agent.Name, seq);
        Forget(taskId, seq, hasEnded);
    }

    /// <summary>The same without a line of its own, for many tasks.</summary>
    public void Forget(string taskId, long seq, bool hasEnded)
    {
        _outbox.Ack(taskId, seq);
        if (!hasEnded)
            Post(TaskMessages.Cancel(taskId, CancelCause.Abandoned, "the controller has given the task up"));
    }

    /// <summary>Nothing could be stored: the agent is to come back and send it again.</summary>
    public void StoreFailed() => End(LinkEnd.OnPurpose("the store failed", new Goodbye
    {
        Cause = Goodbye.Types.Cause.Overloaded,
        Reason = "the controller could not store the records",
        RetryAfterMs = 5_000,
    }));

    /// <summary>The one writer: takes from the outbox until that is closed and empty.</summary>
    public async Task WriteAsync(IServerStreamWriter<ControllerMessage> stream)
    {
        try
        {
            while (await _outbox.WaitAsync())
            {
                while (_outbox.TryTake(out var message, out var more))
                    await WriteAsync(stream, message, more);
            }
        }
        catch (Exception e) when (e is RpcException or IOException or InvalidOperationException or OperationCanceledException)
        {
            // The connection broke, or the call has ended: the reader finds out as well.
            End(LinkEnd.Closed);
        }
    }

    /// <summary>Writes one message; the first, before the writer runs, and then the writer's.</summary>
    public async Task WriteAsync(IServerStreamWriter<ControllerMessage> stream, ControllerMessage message, bool more)
    {
        // What waits behind goes out in the same flush.
        stream.WriteOptions = more ? Buffered : null;
        Volatile.Write(ref _writeStamp, _room.Time.GetTimestamp());
        await stream.WriteAsync(message);
        Volatile.Write(ref _writeStamp, 0);
        Volatile.Write(ref _saidStamp, _room.Time.GetTimestamp());
    }

    /// <summary>Tears the connection, where an orderly end takes too long.</summary>
    public void Abort() => _abort();

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    // Not more often than this: what an agent says must not fill the log.
    private void NoteConditions(IReadOnlyList<ReportedCondition> now)
    {
        var before = _conditions;
        _conditions = now;
        if (before.Count > 0 == now.Count > 0 || (_conditionsSaidStamp != 0 && _room.Time.GetElapsedTime(_conditionsSaidStamp) < BetweenConditionLines))
            return;
        _conditionsSaidStamp = _room.Time.GetTimestamp();
        if (now.Count > 0)
            LogLimited(_room.Log, Agent.Name, string.Join("; ", now.Select(static condition => condition.Message)));
        else
            LogNotLimited(_room.Log, Agent.Name);
    }

    private static readonly WriteOptions Buffered = new(WriteFlags.BufferHint);

    private void AcknowledgeLater()
    {
        // A report that was stored in between has a word of its own.
        if (Volatile.Read(ref _laterAck) is { } due && due.At <= _room.Time.GetUtcNow()
            && ReferenceEquals(Interlocked.CompareExchange(ref _laterAck, null, due), due))
            _outbox.AckReport(due.SpoolId, due.Number);
    }

    private async Task BelowShareAsync(int bytes)
    {
        while (true)
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _belowShare, turn);
            // Looked at after the place was taken: a batch settled in between has either been seen here or wakes us. One batch alone
            // may be larger than the share.
            var unsettled = Interlocked.Read(ref _unsettledBytes);
            if (unsettled <= _room.Options.Value.MaxPendingBytesPerAgent || unsettled <= bytes)
                return;
            await turn.Task.WaitAsync(Reading);
        }
    }

    private sealed record LaterAck(string SpoolId, ulong Number, DateTimeOffset At);

    private static string OfflineReasonOf(Goodbye.Types.Cause cause) => cause switch
    {
        Goodbye.Types.Cause.ShuttingDown => "controller is shutting down",
        Goodbye.Types.Cause.Replaced => "replaced by another process",
        Goodbye.Types.Cause.Revoked => "revoked",
        Goodbye.Types.Cause.Incompatible => "incompatible",
        _ => "closed",
    };

    [LoggerMessage(3510, LogLevel.Information, "Task {TaskId} of {Agent}: record {Seq} arrived after the task's end; dropped")]
    private static partial void LogLate(ILogger log, string taskId, string agent, long seq);

    [LoggerMessage(3511, LogLevel.Warning, "{Agent} reports: {Conditions}")]
    private static partial void LogLimited(ILogger log, string agent, string conditions);

    [LoggerMessage(3512, LogLevel.Information, "{Agent} reports that no condition limits it any more")]
    private static partial void LogNotLimited(ILogger log, string agent);
}
