using Fleet.LogSearch.Matching;

namespace Fleet.LogSearch.Searching;

/// <summary>Why a line is reported.</summary>
public enum LineRole
{
    /// <summary>It matches.</summary>
    Match,

    /// <summary>It stands near a match.</summary>
    Context,
}

/// <summary>A line (or record) as it is found; valid only during the call, since it lies in the search's own buffer.</summary>
public readonly ref struct FoundLine
{
    /// <summary>The name of the source.</summary>
    public required string Source { get; init; }

    /// <summary>Match or context.</summary>
    public required LineRole Role { get; init; }

    /// <summary>The text without its line end; of a record all lines with the ends between them.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>Where the line starts in the (decompressed) file, in bytes; 0 for a journal.</summary>
    public required long Offset { get; init; }

    /// <summary>The line's number from 1, or 0 when not counted.</summary>
    public required long LineNumber { get; init; }

    /// <summary>When it was written, if a time was asked for and found.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The patterns that match, one bit each, in the query's order.</summary>
    public ulong Patterns { get; init; }

    /// <summary>Whether lines are missing between the one reported before and this one.</summary>
    public bool StartsGroup { get; init; }

    /// <summary>Whether the line was longer than the search holds, so that only its beginning is here.</summary>
    public bool IsCut { get; init; }

    /// <summary>The journal's cursor; null for files.</summary>
    public string? Cursor { get; init; }

    /// <summary>Finds the stretches to highlight.</summary>
    internal PatternSet? PatternSet { get; init; }

    /// <summary>Collects the stretches that match, in bytes from the start of <see cref="Bytes"/>, ordered.</summary>
    public void CollectRanges(List<ByteRange> ranges)
    {
        ranges.Clear();
        if (Role == LineRole.Match)
        {
            PatternSet?.CollectRanges(Bytes, ranges);
        }
    }
}

/// <summary>Receives what a search finds, in order, on the searching thread; what it does not take quickly slows the search.</summary>
public interface IMatchSink
{
    /// <summary>Takes one line; it must copy what it keeps.</summary>
    void Take(in FoundLine line);
}

/// <summary>Takes nothing: for searches of which only the counts matter.</summary>
public sealed class NoSink : IMatchSink
{
    /// <summary>The one there needs to be.</summary>
    public static NoSink Instance { get; } = new();

    private NoSink()
    {
    }

    /// <inheritdoc/>
    public void Take(in FoundLine line)
    {
    }
}
