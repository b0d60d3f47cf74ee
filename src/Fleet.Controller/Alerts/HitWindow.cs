namespace Fleet.Controller.Alerts;

/// <summary>Counts hits within a span that ends at the latest of them, in bounded memory.</summary>
/// <remarks>
/// By the times of the lines, not of their arrival: what an agent held back while the controller was away must not look like a burst.
/// Beyond the bound neighbours are joined, which makes the count err on the side of counting a little longer.
/// </remarks>
internal sealed class HitWindow(TimeSpan span)
{
    private const int MostSlots = 256;

    private readonly LinkedList<(DateTimeOffset At, long Count)> _slots = new();

    /// <summary>Hits within the span.</summary>
    public long Count { get; private set; }

    /// <summary>The earliest hit within the span.</summary>
    public DateTimeOffset First => _slots.First is { } first ? first.Value.At : DateTimeOffset.MaxValue;

    /// <summary>The latest hit.</summary>
    public DateTimeOffset Last => _slots.Last is { } last ? last.Value.At : DateTimeOffset.MinValue;

    /// <summary>Adds hits; those older than the span are passed over.</summary>
    public void Add(DateTimeOffset at, long count)
    {
        if (at <= Last - span && Last > DateTimeOffset.MinValue)
            return;
        var before = _slots.Last;
        while (before is not null && before.Value.At > at)
            before = before.Previous;
        if (before is null)
            _slots.AddFirst((at, count));
        else if (_slots.Count >= MostSlots)
            before.Value = (before.Value.At, before.Value.Count + count);
        else
            _slots.AddAfter(before, (at, count));
        Count += count;
        ForgetBefore(Last - span);
    }

    /// <summary>Lets go of hits that were written at a time or before.</summary>
    public void ForgetBefore(DateTimeOffset time)
    {
        while (_slots.First is { } first && first.Value.At <= time)
        {
            Count -= first.Value.Count;
            _slots.RemoveFirst();
        }
    }
}
