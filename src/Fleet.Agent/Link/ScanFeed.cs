using Fleet.Agent.Scanning;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Link;

/// <summary>Feeds one link with what the scans found: from the first report that the controller has not, a few ahead of its word.</summary>
/// <remarks>Emptied by the link's writer, acknowledged by its reader.</remarks>
internal sealed class ScanFeed : IDisposable
{
    private const int MostInFlight = 8;

    // States of a few scans follow hits at once. Those of hundreds of logs are long, and take no more of the link than so many bytes a second.
    private const int StateBytesPerSecond = 8 * 1024;
    private static readonly TimeSpan s_betweenStates = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_mostBetweenStates = TimeSpan.FromSeconds(10);

    private readonly ScanDesk _scans;
    private readonly WakeUp _wakeUp;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private ulong _next;
    private ScanStates? _told;
    private long _toldAt;
    private bool _hasTold;

    /// <param name="scans">Where they are.</param>
    /// <param name="wakeUp">Told when there is something to send.</param>
    /// <param name="time">Between states.</param>
    public ScanFeed(ScanDesk scans, WakeUp wakeUp, TimeProvider time)
    {
        (_scans, _wakeUp, _time) = (scans, wakeUp, time);
        _next = scans.Spool.FirstUnacknowledged;
        _timer = time.CreateTimer(_ => wakeUp.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        scans.Spool.Published += wakeUp.Set;
        scans.Changed += wakeUp.Set;
    }

    /// <summary>The next message to send; null where there is none or the controller has enough to do.</summary>
    public AgentMessage? TryTake() => TakeReport() ?? TakeStates();

    /// <summary>The controller has stored everything up to a report.</summary>
    public void Acknowledge(ScanReportAck ack)
    {
        _scans.Spool.Acknowledge(ack.SpoolId, ack.Number);
        _wakeUp.Set();
    }

    public void Dispose()
    {
        _scans.Spool.Published -= _wakeUp.Set;
        _scans.Changed -= _wakeUp.Set;
        _timer.Dispose();
    }

    private AgentMessage? TakeReport()
    {
        // The controller may have acknowledged what this link did not send: what was under way when the link before it broke.
        _next = Math.Max(_next, _scans.Spool.FirstUnacknowledged);
        if (_next >= _scans.Spool.FirstUnacknowledged + MostInFlight || !_scans.Spool.IsThere(_next))
            return null;
        try
        {
            // Noted before it is read: from then on the spool does not count it by template any more.
            _scans.Spool.NoteSent(_next);
            if (_scans.Spool.Read(_next) is not { } report)
                return null;
            _next++;
            return new AgentMessage { ScanReport = report };
        }
        catch (IOException)
        {
            // The disk is full: the link is for tasks too, and the report can wait.
            return null;
        }
    }

    private AgentMessage? TakeStates()
    {
        var states = _scans.States;
        if (states is null || ReferenceEquals(states, _told))
            return null;
        var since = _time.GetElapsedTime(_toldAt);
        var pause = TimeSpan.FromSeconds(Math.Clamp(
            (double)states.CalculateSize() / StateBytesPerSecond, s_betweenStates.TotalSeconds, s_mostBetweenStates.TotalSeconds));
        if (_hasTold && since < pause)
        {
            _timer.Change(pause - since, Timeout.InfiniteTimeSpan);
            return null;
        }

        (_told, _toldAt, _hasTold) = (states, _time.GetTimestamp(), true);
        return new AgentMessage { ScanStates = states };
    }
}
