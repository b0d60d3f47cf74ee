using System.Text;
using Fleet.LogSearch.Matching;

namespace Fleet.LogSearch.Searching;

/// <summary>A line that was found, to keep.</summary>
/// <param name="Source">The name of the source.</param>
/// <param name="Role">Match or context.</param>
/// <param name="Text">The bytes without the line end.</param>
/// <param name="Offset">Where the line starts in the (decompressed) file.</param>
/// <param name="LineNumber">Its number from 1, or 0 when not counted.</param>
/// <param name="Time">When it was written, if known.</param>
/// <param name="Patterns">The patterns that match, one bit each.</param>
/// <param name="Ranges">What matched, in bytes from the start of the text.</param>
/// <param name="StartsGroup">Whether lines are missing before it.</param>
/// <param name="IsCut">Whether only the line's beginning is here.</param>
/// <param name="Cursor">The journal's cursor; null for files.</param>
public sealed record LogMatch(
    string Source,
    LineRole Role,
    ReadOnlyMemory<byte> Text,
    long Offset,
    long LineNumber,
    DateTimeOffset? Time,
    ulong Patterns,
    IReadOnlyList<ByteRange> Ranges,
    bool StartsGroup,
    bool IsCut,
    string? Cursor)
{
    /// <summary>The text as UTF-8, whatever is not UTF-8 replaced.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Text.Span);
}

/// <summary>Keeps all that is found: for searches with a limit.</summary>
public sealed class MatchList : IMatchSink
{
    private readonly List<LogMatch> _matches = [];
    private readonly List<ByteRange> _ranges = [];

    /// <summary>What was found, in order.</summary>
    public IReadOnlyList<LogMatch> Matches => _matches;

    /// <inheritdoc/>
    public void Take(in FoundLine line)
    {
        line.CollectRanges(_ranges);
        _matches.Add(new LogMatch(line.Source, line.Role, line.Bytes.ToArray(), line.Offset, line.LineNumber, line.Time, line.Patterns,
            _ranges.ToArray(), line.StartsGroup, line.IsCut, line.Cursor));
    }
}
