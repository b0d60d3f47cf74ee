namespace Fleet.Controller.Admission;

/// <summary>Why a stranger's connection was closed.</summary>
internal enum AdmissionDrop
{
    /// <summary>It sent no ClientHello in time.</summary>
    Silent,

    /// <summary>What it sent is no TLS.</summary>
    NotTls,

    /// <summary>Its source had most, and others came.</summary>
    MadeRoom,

    /// <summary>It showed no certificate and made no call in time.</summary>
    Idle,
}

/// <summary>One line for a storm of connections that are closed, not one for each of them: at the first, and then every 10 s.</summary>
internal sealed partial class AdmissionLog : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private readonly ConnectionTable _table;
    private readonly HandshakeGate _gate;
    private readonly ILogger<AdmissionLog> _log;
    private readonly ITimer _timer;
    private readonly int[] _drops = new int[Enum.GetValues<AdmissionDrop>().Length];
    private PeerSource _last;
    private bool _isPausing;

    public AdmissionLog(ConnectionTable table, HandshakeGate gate, TimeProvider time, ILogger<AdmissionLog> log)
    {
        _table = table;
        _gate = gate;
        _log = log;
        _timer = time.CreateTimer(static it => ((AdmissionLog)it!).Summarise(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A connection was closed.</summary>
    public void Note(AdmissionDrop why, PeerSource source)
    {
        lock (_lock)
        {
            _drops[(int)why]++;
            _last = source;
            if (_isPausing)
                return;
            _isPausing = true;
            _timer.Change(s_pause, Timeout.InfiniteTimeSpan);
        }

        Write();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Summarise()
    {
        lock (_lock)
        {
            _isPausing = _drops.Any(count => count > 0);
            if (!_isPausing)
                return;
            _timer.Change(s_pause, Timeout.InfiniteTimeSpan);
        }

        Write();
    }

    private void Write()
    {
        int silent, notTls, madeRoom, idle;
        PeerSource last;
        lock (_lock)
        {
            (silent, notTls, madeRoom, idle) = (_drops[0], _drops[1], _drops[2], _drops[3]);
            last = _last;
            Array.Clear(_drops);
        }

        LogClosed(silent + notTls + madeRoom + idle, last, silent, notTls, madeRoom, idle, _table.Open, _gate.Waiting);
    }

    [LoggerMessage(3300, LogLevel.Warning,
        "{Count} connections without an identity were closed, the last one from {Source}: {Silent} sent no ClientHello in time, {NotTls} spoke no TLS, "
        + "{MadeRoom} had to make room for other sources, {Idle} made no call ({Open} connections are open, {Waiting} wait for their handshake)")]
    private partial void LogClosed(int count, PeerSource source, int silent, int notTls, int madeRoom, int idle, int open, int waiting);
}
