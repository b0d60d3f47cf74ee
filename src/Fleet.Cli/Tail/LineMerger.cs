namespace Fleet.Cli.Tail;

/// <summary>
/// Puts what many hosts send in the order of its times: each line is held for a short while, in which an earlier one of another host may
/// still come. Lines of one log never change places.
/// </summary>
internal sealed class LineMerger(TimeSpan window, TimeProvider time)
{
    private const int MostBytes = 1024 * 1024;

    private readonly PriorityQueue<Held, (long Key, long Number)> _byTime = new();
    private readonly Queue<Held> _byArrival = new();
    private readonly Dictionary<(string Host, string Source), long> _lastKeys = [];
    private long _number;
    private int _bytes;

    /// <summary>How long until something is to be shown; null: nothing is held.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            Forget();
            if (!_byArrival.TryPeek(out var oldest))
                return null;
            var left = window - time.GetElapsedTime(oldest.ArrivedAt);
            return left > TimeSpan.Zero && _bytes <= MostBytes ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Takes something in.</summary>
    public void Add(TailItem item)
    {
        var stream = (item.Host, item.Source);
        // A line whose time is not known was written just now, as far as anybody can tell; what is no line stands where it came.
        var at = item.Line is { TimeUs: > 0 } line ? line.TimeUs
            : item.Line is null && _lastKeys.TryGetValue(stream, out var last) ? last
            : (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var key = Math.Max(at, _lastKeys.GetValueOrDefault(stream, long.MinValue));
        _lastKeys[stream] = key;
        var held = new Held(item, time.GetTimestamp());
        _byTime.Enqueue(held, (key, _number++));
        _byArrival.Enqueue(held);
        _bytes += item.Bytes;
    }

    /// <summary>Takes out the next thing to show.</summary>
    /// <param name="all">Also what has not been held for long enough: nothing more will come.</param>
    public TailItem? TryTake(bool all)
    {
        if (NextDue is not { } due || (due > TimeSpan.Zero && !all))
            return null;
        // Something is due, so what comes before it is due with it.
        var next = _byTime.Dequeue();
        next.IsTaken = true;
        _bytes -= next.Item.Bytes;
        return next.Item;
    }

    private void Forget()
    {
        while (_byArrival.TryPeek(out var oldest) && oldest.IsTaken)
            _byArrival.Dequeue();
    }

    private sealed class Held(TailItem item, long arrivedAt)
    {
        public TailItem Item { get; } = item;

        public long ArrivedAt { get; } = arrivedAt;

        public bool IsTaken { get; set; }
    }
}
