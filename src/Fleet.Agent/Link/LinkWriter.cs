using System.Threading.Channels;
using Fleet.Agent.Tailing;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Agent.Link;

/// <summary>
/// The one writer of a link: what the others have to say first, then records as far as the window allows, and a heartbeat
/// where there was nothing for a third of the silence limit, or where it has something new to say.
/// </summary>
internal sealed class LinkWriter : IDisposable
{
    private readonly IClientStreamWriter<AgentMessage> _stream;
    private readonly RecordFeed _feed;
    private readonly ScanFeed? _scans;
    private readonly TailFeed? _tails;
    private readonly WakeUp _wakeUp;
    private readonly Func<Heartbeat> _heartbeat;
    private readonly Func<bool> _isHeartbeatWanted;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly ITimer _timer;

    // Full means that the controller does not read: those who have something to say wait, the reader among them.
    private readonly Channel<AgentMessage> _messages;
    private long _lastSent;

    /// <param name="stream">Where to write.</param>
    /// <param name="feed">Where records come from.</param>
    /// <param name="wakeUp">Set when the feed has something.</param>
    /// <param name="heartbeat">Makes a heartbeat.</param>
    /// <param name="silenceLimit">After which the controller takes this agent for gone.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">For heartbeats.</param>
    /// <param name="scans">Where reports of scans come from; null for none.</param>
    /// <param name="tails">Where the lines of tails come from; null for none.</param>
    /// <param name="isHeartbeatWanted">Whether one has something new to say, and is to go out before its time; null: never.</param>
    public LinkWriter(
        IClientStreamWriter<AgentMessage> stream,
        RecordFeed feed,
        WakeUp wakeUp,
        Func<Heartbeat> heartbeat,
        TimeSpan silenceLimit,
        LinkOptions options,
        TimeProvider time,
        ScanFeed? scans = null,
        TailFeed? tails = null,
        Func<bool>? isHeartbeatWanted = null)
    {
        _stream = stream;
        _feed = feed;
        _scans = scans;
        _tails = tails;
        _wakeUp = wakeUp;
        _heartbeat = heartbeat;
        _isHeartbeatWanted = isHeartbeatWanted ?? (() => false);
        _time = time;
        _interval = silenceLimit / 3;
        _messages = Channel.CreateBounded<AgentMessage>(new BoundedChannelOptions(options.QueuedMessages) { SingleReader = true });
        _lastSent = time.GetTimestamp();
        _timer = time.CreateTimer(_ => wakeUp.Set(), null, _interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Queues a message; waits where too many are queued.</summary>
    public async ValueTask SendAsync(AgentMessage message, CancellationToken cancellationToken)
    {
        await _messages.Writer.WriteAsync(message, cancellationToken);
        _wakeUp.Set();
    }

    /// <summary>Writes until the token is cancelled or the stream breaks.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_messages.Reader.TryRead(out var message))
                await WriteAsync(message, cancellationToken);
            if (_isHeartbeatWanted())
                await WriteAsync(new AgentMessage { Heartbeat = _heartbeat() }, cancellationToken);

            // In turns: neither a task's flood of output, nor a storm of hits, nor a busy log that somebody follows keeps the others waiting.
            var records = new TaskRecords();
            var hasRecords = _feed.TryTake(records);
            if (hasRecords)
                await WriteAsync(new AgentMessage { Records = records }, cancellationToken);
            var report = _scans?.TryTake();
            if (report is not null)
                await WriteAsync(report, cancellationToken);
            var lines = _tails?.TryTake();
            if (lines is not null)
                await WriteAsync(lines, cancellationToken);

            if (!hasRecords && report is null && lines is null && !await IsHeartbeatDueAsync(cancellationToken))
                await _wakeUp.WaitAsync(cancellationToken);
        }
    }

    public void Dispose() => _timer.Dispose();

    private async ValueTask<bool> IsHeartbeatDueAsync(CancellationToken cancellationToken)
    {
        var idle = _time.GetElapsedTime(_lastSent);
        var isDue = idle >= _interval;
        if (isDue)
            await WriteAsync(new AgentMessage { Heartbeat = _heartbeat() }, cancellationToken);
        _timer.Change(isDue ? _interval : _interval - idle, Timeout.InfiniteTimeSpan);
        return isDue;
    }

    private async Task WriteAsync(AgentMessage message, CancellationToken cancellationToken)
    {
        // Before, not after: a slow write counts as silence for the controller.
        _lastSent = _time.GetTimestamp();
        await _stream.WriteAsync(message, cancellationToken);
    }
}
