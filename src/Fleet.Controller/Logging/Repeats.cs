namespace Fleet.Controller.Logging;

/// <summary>
/// Tells the first of each kind of event from those that follow within a minute; these are counted, and told together when the minute is
/// over. Whoever reaches the port can cause events as often as they like, and must not fill the disk with lines.
/// </summary>
/// <typeparam name="TKey">What makes two events the same kind.</typeparam>
/// <param name="time">The clock.</param>
/// <param name="mostKinds">Kinds that are told apart; whoever comes with more is counted under none.</param>
/// <param name="others">Under which those are counted that come when too many kinds are remembered.</param>
/// <param name="tell">Says how many more of a kind there were within a minute, and what was noted with the last one.</param>
internal sealed class Repeats<TKey>(TimeProvider time, int mostKinds, TKey others, Action<TKey, long, string> tell) : IDisposable
    where TKey : notnull
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Counted> _kinds = [];
    private ITimer? _timer;
    private bool _isDisposed;

    /// <summary>Whether an event is to be told now; else it has been counted.</summary>
    /// <param name="key">Its kind; the kind it is counted under afterwards.</param>
    /// <param name="note">What is told of the last one.</param>
    /// <param name="atOnce">How many of a kind are told one by one within a minute.</param>
    public bool IsTold(ref TKey key, string note, int atOnce = 1)
    {
        lock (_lock)
        {
            if (!_kinds.ContainsKey(key) && _kinds.Count >= mostKinds)
                key = others;
            var counted = _kinds.GetValueOrDefault(key);
            var isTold = counted.Told < atOnce;
            _kinds[key] = isTold ? counted with { Told = counted.Told + 1 } : counted with { More = counted.More + 1, LastNote = note };
            if (_timer is null && !_isDisposed)
                _timer = time.CreateTimer(static it => ((Repeats<TKey>)it!).Summarise(), this, s_pause, Timeout.InfiniteTimeSpan);
            return isTold;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }

    /// <summary>A minute has passed: what came again is told and counted on, what did not is new the next time.</summary>
    private void Summarise()
    {
        var more = new List<(TKey Key, Counted Counted)>();
        lock (_lock)
        {
            foreach (var (key, counted) in _kinds)
            {
                // What was told to its full is told as a count alone from now on, until it has been quiet for a minute.
                if (counted.More == 0)
                {
                    _kinds.Remove(key);
                    continue;
                }

                more.Add((key, counted));
                _kinds[key] = counted with { More = 0 };
            }

            _timer?.Dispose();
            _timer = _kinds.Count == 0 || _isDisposed
                ? null
                : time.CreateTimer(static it => ((Repeats<TKey>)it!).Summarise(), this, s_pause, Timeout.InfiniteTimeSpan);
        }

        foreach (var (key, counted) in more)
            tell(key, counted.More, counted.LastNote);
    }

    private readonly record struct Counted(int Told, long More, string LastNote);
}
