using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Histograms;

/// <summary>Counts the matches of a search by time, in bounded memory: when there are too many bars, each becomes twice as wide.</summary>
/// <remarks>The query must read times (<see cref="TimeReading.Always"/>) for lines to have one.</remarks>
public sealed class TimeHistogram : IMatchSink
{
    private readonly int _mostBars;
    private SortedDictionary<long, long> _bars = [];
    private long _barTicks;

    /// <param name="bar">How much time one bar stands for at first.</param>
    /// <param name="mostBars">The most bars kept.</param>
    public TimeHistogram(TimeSpan bar, int mostBars = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bar, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(mostBars, 2);
        _barTicks = bar.Ticks;
        _mostBars = mostBars;
    }

    /// <summary>How much time one bar stands for now.</summary>
    public TimeSpan Bar => TimeSpan.FromTicks(_barTicks);

    /// <summary>Matches without a time.</summary>
    public long Undated { get; private set; }

    /// <summary>The bars that are not empty: when each starts, in UTC, and its count.</summary>
    public IReadOnlyList<(DateTimeOffset Start, long Count)> Snapshot()
    {
        var bars = new List<(DateTimeOffset, long)>(_bars.Count);
        foreach ((long bar, long count) in _bars)
        {
            bars.Add((new DateTimeOffset(bar * _barTicks, TimeSpan.Zero), count));
        }

        return bars;
    }

    /// <inheritdoc/>
    public void Take(in FoundLine line)
    {
        if (line.Role != LineRole.Match)
        {
            return;
        }

        if (line.Time is not { } time)
        {
            Undated++;
            return;
        }

        Add(time.UtcTicks / _barTicks, 1);
        while (_bars.Count > _mostBars)
        {
            SortedDictionary<long, long> narrow = _bars;
            _bars = [];
            _barTicks *= 2;
            foreach ((long bar, long count) in narrow)
            {
                Add(bar / 2, count);
            }
        }
    }

    private void Add(long bar, long count) => _bars[bar] = _bars.GetValueOrDefault(bar) + count;
}
