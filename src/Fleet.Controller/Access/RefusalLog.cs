using Fleet.Controller.Identity;
using Fleet.Controller.Logging;

namespace Fleet.Controller.Access;

/// <summary>Logs callers that are refused: the first at once, then once a minute how many more there were.</summary>
internal sealed partial class RefusalLog : IDisposable
{
    private const int MostKinds = 256;
    private readonly Repeats<(string Caller, string Method)> _repeats;
    private readonly ILogger<RefusalLog> _log;

    public RefusalLog(TimeProvider time, ILogger<RefusalLog> log)
    {
        _log = log;
        _repeats = new Repeats<(string Caller, string Method)>(
            time, MostKinds, ("other callers", "other methods"), (key, count, peer) => LogRepeated(key.Caller, key.Method, count, peer));
    }

    /// <summary>A caller was refused.</summary>
    public void Note(CallerIdentity caller, string peer, string method, string reason)
    {
        var key = (Caller: caller.ToString(), Method: method);
        if (_repeats.IsTold(ref key, peer))
            LogRefused(key.Caller, peer, key.Method, reason);
    }

    /// <inheritdoc/>
    public void Dispose() => _repeats.Dispose();

    [LoggerMessage(3201, LogLevel.Warning, "{Caller} from {Peer} was refused {Method}: {Reason}")]
    private partial void LogRefused(string caller, string peer, string method, string reason);

    [LoggerMessage(3202, LogLevel.Warning, "{Caller} was refused {Method} {Count} more times within a minute, the last time from {Peer}")]
    private partial void LogRepeated(string caller, string method, long count, string peer);
}
