using Fleet.Cli.Scans.Files;
using Fleet.LogSearch;
using Fleet.LogSearch.Matching;
using Fleet.Protocol.V1;
using LogEncoding = Fleet.LogSearch.Matching.LogEncoding;
using LogPattern = Fleet.LogSearch.Matching.LogPattern;

namespace Fleet.Cli.Hits;

/// <summary>Tells what in a hit's text its pattern matches. A hit whose pattern is no longer there is shown plain.</summary>
internal sealed class HitHighlighter
{
    private readonly Dictionary<(string Scan, string Pattern), PatternSet> _sets = [];
    private readonly PatternSet? _text;
    private readonly List<ByteRange> _ranges = [];

    /// <param name="scans">The scans as they stand.</param>
    /// <param name="text">What was asked for besides; empty for nothing.</param>
    public HitHighlighter(IEnumerable<ScanDefinition> scans, string text)
    {
        _text = text.Length == 0 ? null : TryCreate(new LogPattern("text", text, PatternKind.Fixed, PatternOptions.IgnoreCase));
        foreach (var scan in scans)
        {
            foreach (var pattern in scan.Order?.Patterns.Select(pattern => PatternReader.Of(pattern.Pattern)) ?? [])
            {
                if (TryCreate(pattern) is { } set)
                    _sets[(scan.Name, pattern.Name)] = set;
            }
        }
    }

    /// <summary>Start and length, in bytes, of what is highlighted; in turns.</summary>
    public IReadOnlyList<uint> RangesOf(Hit hit)
    {
        var found = new List<ByteRange>();
        foreach (var set in new[] { _sets.GetValueOrDefault((hit.Scan, hit.Pattern)), _text }.OfType<PatternSet>())
        {
            set.CollectRanges(hit.Text.Span, _ranges);
            found.AddRange(_ranges);
        }

        return [.. found.OrderBy(range => range.Start).SelectMany(range => (uint[])[(uint)range.Start, (uint)range.Length])];
    }

    // A newer controller may hold patterns that this program cannot read: then there is no color, and nothing worse.
    private static PatternSet? TryCreate(LogPattern pattern)
    {
        try
        {
            return PatternSet.Create([pattern], LogEncoding.Utf8);
        }
        catch (LogQueryException)
        {
            return null;
        }
    }
}
