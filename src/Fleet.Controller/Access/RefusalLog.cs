using Fleet.Controller.Identity;

namespace Fleet.Controller.Access;

/// <summary>
/// Logs callers that are refused: the first at once, then once a minute how many more there were. Anybody who reaches the port can
/// be refused as often as they like, and must not fill the disk by it.
/// </summary>
internal sealed partial class RefusalLog : IDisposable
{
    // Whoever comes with more names than this is counted under none.
    private const int MostKinds = 256;
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);
    private static readonly (string Caller, string Method) s_others = ("other callers", "other methods");

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Caller, string Method), Repeats> _kinds = [];
    private readonly ILogger<RefusalLog> _log;
    private readonly ITimer _timer;

    public RefusalLog(TimeProvider time, ILogger<RefusalLog> log)
    {
        _log = log;
        _timer = time.CreateTimer(static it => ((RefusalLog)it!).Summarise(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A caller was refused.</summary>
    public void Note(CallerIdentity caller, string peer, string method, string reason)
    {
        var key = (Caller: caller.ToString(), Method: method);
        lock (_gate)
        {
            if (!_kinds.ContainsKey(key) && _kinds.Count >= MostKinds)
                key = s_others;
            if (_kinds.TryGetValue(key, out var repeats))
            {
                _kinds[key] = new Repeats(repeats.Count + 1, peer);
                return;
            }

            _kinds[key] = default;
            if (_kinds.Count == 1)
                _timer.Change(s_pause, Timeout.InfiniteTimeSpan);
        }

        LogRefused(key.Caller, peer, key.Method, reason);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>A minute has passed: who came again is told and counted on, who did not is new the next time.</summary>
    private void Summarise()
    {
        var told = new List<((string Caller, string Method) Key, Repeats Repeats)>();
        lock (_gate)
        {
            foreach (var (key, repeats) in _kinds)
                told.Add((key, repeats));
            foreach (var (key, repeats) in told)
            {
                if (repeats.Count > 0)
                    _kinds[key] = default;
                else
                    _kinds.Remove(key);
            }

            if (_kinds.Count > 0)
                _timer.Change(s_pause, Timeout.InfiniteTimeSpan);
        }

        foreach (var (key, repeats) in told)
        {
            if (repeats.Count > 0)
                LogRepeated(key.Caller, key.Method, repeats.Count, repeats.LastPeer);
        }
    }

    [LoggerMessage(3201, LogLevel.Warning, "{Caller} from {Peer} was refused {Method}: {Reason}")]
    private partial void LogRefused(string caller, string peer, string method, string reason);

    [LoggerMessage(3202, LogLevel.Warning, "{Caller} was refused {Method} {Count} more times within a minute, the last time from {Peer}")]
    private partial void LogRepeated(string caller, string method, long count, string peer);

    private readonly record struct Repeats(long Count, string LastPeer);
}
