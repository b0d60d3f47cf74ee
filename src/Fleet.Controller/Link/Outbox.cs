using System.Threading.Tasks.Sources;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Link;

/// <summary>What waits to be said to one agent. Many post, one writer takes.</summary>
/// <remarks>
/// Acknowledgements and heartbeats are state, not messages: however many come before the writer does, one message says them. So a
/// bound on the messages bounds it all. It waits by itself, without a timer or a channel: idle links are many.
/// </remarks>
internal sealed class Outbox(int capacity) : IValueTaskSource<bool>
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _wake = new() { RunContinuationsAsynchronously = true };
    private Queue<ControllerMessage>? _messages;
    private RecordsAck? _acks;
    private ScanReportAck? _reportAck;
    private ControllerMessage? _last;
    private ulong _beat;
    private bool _beatDue;
    private bool _closed;
    private bool _waiting;

    /// <summary>Queues a message; false if it is closed or full.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isFull">Whether it was full.</param>
    public bool TryPost(ControllerMessage message, out bool isFull)
    {
        isFull = false;
        bool wake;
        lock (_lock)
        {
            if (_closed)
                return false;
            _messages ??= new Queue<ControllerMessage>();
            if (_messages.Count >= capacity)
            {
                isFull = true;
                return false;
            }

            _messages.Enqueue(message);
            wake = Wake_NeedsLock();
        }

        if (wake)
            _wake.SetResult(true);
        return true;
    }

    /// <summary>Everything of a task up to a record is stored.</summary>
    public void Ack(string taskId, long seq)
    {
        bool wake;
        lock (_lock)
        {
            Ack_NeedsLock(taskId, seq);
            wake = Wake_NeedsLock();
        }

        if (wake)
            _wake.SetResult(true);
    }

    /// <summary>The same of a task that has ended: nobody waits for it, so it travels with what is said next, or at <see cref="Flush"/>.</summary>
    public void AckInPassing(string taskId, long seq)
    {
        lock (_lock)
            Ack_NeedsLock(taskId, seq);
    }

    /// <summary>All scan reports up to one are stored; the latest word says it for those before.</summary>
    public void AckReport(string spoolId, ulong number)
    {
        bool wake;
        lock (_lock)
        {
            if (_closed)
                return;
            _reportAck = new ScanReportAck { SpoolId = spoolId, Number = number };
            wake = Wake_NeedsLock();
        }

        if (wake)
            _wake.SetResult(true);
    }

    /// <summary>Lets out what has waited for company.</summary>
    public void Flush()
    {
        bool wake;
        lock (_lock)
            wake = HasMore_NeedsLock() && Wake_NeedsLock();
        if (wake)
            _wake.SetResult(true);
    }

    /// <summary>A heartbeat is due.</summary>
    /// <param name="number">The agent's last one.</param>
    public void Beat(ulong number)
    {
        bool wake;
        lock (_lock)
        {
            if (_closed)
                return;
            _beat = number;
            _beatDue = true;
            wake = Wake_NeedsLock();
        }

        if (wake)
            _wake.SetResult(true);
    }

    /// <summary>Nothing more is taken in. What waits is dropped where a last word is to go out instead.</summary>
    public void Close(ControllerMessage? last)
    {
        bool wake;
        lock (_lock)
        {
            if (_closed)
                return;
            _closed = true;
            _last = last;
            if (last is not null)
                _messages = null;
            wake = Wake_NeedsLock();
        }

        if (wake)
            _wake.SetResult(true);
    }

    /// <summary>Waits until there may be something to take; false once it is closed and empty.</summary>
    public ValueTask<bool> WaitAsync()
    {
        lock (_lock)
        {
            if (HasMore_NeedsLock())
                return ValueTask.FromResult(true);
            if (_closed)
                return ValueTask.FromResult(false);
            _wake.Reset();
            _waiting = true;
            return new ValueTask<bool>(this, _wake.Version);
        }
    }

    /// <summary>Takes the next message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="more">Whether another one waits behind it.</param>
    public bool TryTake(out ControllerMessage message, out bool more)
    {
        lock (_lock)
        {
            message = Next_NeedsLock()!;
            more = HasMore_NeedsLock();
            return message is not null;
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _wake.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _wake.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wake.OnCompleted(continuation, state, token, flags);

    private void Ack_NeedsLock(string taskId, long seq)
    {
        if (_closed)
            return;
        _acks ??= new RecordsAck();
        if (_acks.Acks.LastOrDefault(ack => ack.TaskId == taskId) is { } known)
            known.Seq = Math.Max(known.Seq, (ulong)seq);
        else
            _acks.Acks.Add(new TaskAck { TaskId = taskId, Seq = (ulong)seq });
    }

    private ControllerMessage? Next_NeedsLock()
    {
        if (_messages is { Count: > 0 } messages)
            return messages.Dequeue();

        if (_acks is { } acks)
        {
            _acks = null;
            return new ControllerMessage { Ack = acks };
        }

        if (_reportAck is { } reportAck)
        {
            _reportAck = null;
            return new ControllerMessage { ScanReportAck = reportAck };
        }

        if (_beatDue)
        {
            _beatDue = false;
            return new ControllerMessage { Heartbeat = new Heartbeat { Number = _beat } };
        }

        var last = _last;
        _last = null;
        return last;
    }

    private bool HasMore_NeedsLock() => _messages is { Count: > 0 } || _acks is not null || _reportAck is not null || _beatDue || _last is not null;

    private bool Wake_NeedsLock()
    {
        var wake = _waiting;
        _waiting = false;
        return wake;
    }
}
