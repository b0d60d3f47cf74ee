using Fleet.LogSearch.Searching;
using Fleet.LogSearch.Times;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Agent.Searching;

/// <summary>A search as it was asked for, checked.</summary>
/// <param name="Query">What to look for; its window is set when the search begins.</param>
/// <param name="Sources">Where.</param>
/// <param name="Since">The window's beginning.</param>
/// <param name="Until">The window's end.</param>
/// <param name="Output">What is wanted of it.</param>
/// <param name="Bucket">Of a histogram; zero: chosen from the window.</param>
/// <param name="ResultBytes">The most bytes of results.</param>
internal sealed record SearchOrder(
    LogQuery Query,
    IReadOnlyList<V1.LogSource> Sources,
    SearchBound Since,
    SearchBound Until,
    V1.LogOutput Output,
    TimeSpan Bucket,
    long ResultBytes)
{
    private static readonly TimeSpan s_defaultBucket = TimeSpan.FromMinutes(1);
    private const int WantedBars = 60;

    /// <summary>The query with its window, seen from now.</summary>
    public LogQuery At(DateTimeOffset now) => Query with { Window = new TimeWindow(Since.At(now), Until.At(now)) };

    /// <summary>How wide the bars of a histogram are.</summary>
    public TimeSpan BucketAt(DateTimeOffset now)
    {
        if (Bucket > TimeSpan.Zero)
            return Bucket;
        return Since.At(now) is { } since && (Until.At(now) ?? now) - since is var span && span > TimeSpan.Zero
            ? TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(span.TotalMilliseconds / WantedBars)))
            : s_defaultBucket;
    }
}

/// <summary>One end of a window: a time, or so long ago; open where neither is given.</summary>
internal readonly record struct SearchBound(DateTimeOffset? Time, TimeSpan? Ago)
{
    public DateTimeOffset? At(DateTimeOffset now) => Ago is { } ago ? now - ago : Time;
}
