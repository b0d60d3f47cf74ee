using System.Runtime.InteropServices;

namespace Fleet.Controller.Alerts;

/// <summary>Counts hits of one key within a span, in bounded memory.</summary>
/// <remarks>
/// By the times of the lines, not of their arrival: what an agent held back while the controller was away must not look like a burst, and a burst
/// that comes late is still one. Beyond the bound times are rounded to a 32nd of the span, and then the earliest are let go.
/// </remarks>
internal sealed class HitWindow(TimeSpan span)
{
    private const int MostSlots = 64;
    private const int Parts = 32;

    // In the order of time.
    private readonly List<Slot> _slots = [];

    /// <summary>Hits of one time.</summary>
    /// <param name="At">The time.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Host">Where the latest of them came from.</param>
    public readonly record struct Slot(DateTimeOffset At, long Count, string Host);

    /// <summary>The latest hit.</summary>
    public DateTimeOffset Last => _slots.Count > 0 ? _slots[^1].At : DateTimeOffset.MinValue;

    /// <summary>How long it looks.</summary>
    public TimeSpan Span => span;

    /// <summary>Adds hits.</summary>
    public void Add(DateTimeOffset at, long count, string host)
    {
        var place = _slots.Count;
        while (place > 0 && _slots[place - 1].At > at)
            place--;
        _slots.Insert(place, new Slot(at, count, host));
        if (_slots.Count > MostSlots)
            MakeRoom();
    }

    /// <summary>How many hits lie within the span that ends so long after the latest one.</summary>
    public long CountAfter(TimeSpan quiet) => _slots.Where(slot => Last - slot.At < span - quiet).Sum(slot => slot.Count);

    /// <summary>The hits of the fullest span that holds a time.</summary>
    public IReadOnlyList<Slot> Around(DateTimeOffset at)
    {
        var (best, bestFirst, bestEnd) = (0L, 0, 0);
        for (var first = 0; first < _slots.Count && _slots[first].At <= at; first++)
        {
            if (at - _slots[first].At >= span)
                continue;
            var (sum, end) = (0L, first);
            for (; end < _slots.Count && _slots[end].At - _slots[first].At < span; end++)
                sum += _slots[end].Count;
            if (sum > best)
                (best, bestFirst, bestEnd) = (sum, first, end);
        }

        return _slots[bestFirst..bestEnd];
    }

    private void MakeRoom()
    {
        var part = Math.Max(1, span.Ticks / Parts);
        var kept = 0;
        var slots = CollectionsMarshal.AsSpan(_slots);
        for (var next = 1; next < slots.Length; next++)
        {
            if (slots[next].At.UtcTicks / part == slots[kept].At.UtcTicks / part)
                slots[kept] = slots[next] with { Count = slots[kept].Count + slots[next].Count };
            else
                slots[++kept] = slots[next];
        }

        _slots.RemoveRange(kept + 1, _slots.Count - kept - 1);
        if (_slots.Count > MostSlots)
            _slots.RemoveRange(0, _slots.Count - MostSlots);
    }
}
