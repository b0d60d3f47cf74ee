using Fleet.LogSearch.Scans;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Agent.Scanning.Findings;

/// <summary>Counts hits by scan, pattern, source and template, in bounded memory.</summary>
internal sealed class SummaryBook(int mostKinds)
{
    /// <summary>Under this template count the kinds beyond the bound.</summary>
    public const string Others = "(other lines)";

    private const int MostExamples = 3;
    private const int LongestExample = 1024;

    private readonly Dictionary<(string Scan, string Pattern, string Source, string Template), HitSummary> _summaries = [];

    /// <summary>How many kinds there are.</summary>
    public int Count => _summaries.Count;

    /// <summary>Adds a hit.</summary>
    /// <param name="scan">Its scan.</param>
    /// <param name="revision">The scan's revision.</param>
    /// <param name="pattern">The pattern that matched.</param>
    /// <param name="severity">Of the pattern.</param>
    /// <param name="source">Where it was found.</param>
    /// <param name="template">Its kind.</param>
    /// <param name="id">Its identity.</param>
    /// <param name="atUs">When it was written, or seen.</param>
    /// <param name="text">It; it may be longer than an example.</param>
    public void Add(
        string scan, ulong revision, string pattern, Severity severity, string source, string template, HitId id, long atUs, ReadOnlySpan<byte> text)
    {
        var summary = Find(scan, pattern, source, template, id);
        Tally(summary, revision, severity, 1, atUs, atUs);
        if (summary.Examples.Count < MostExamples)
            summary.Examples.Add(ByteString.CopyFrom(text[..Math.Min(text.Length, LongestExample)]));
    }

    /// <summary>Adds a hit.</summary>
    public void Add(Hit hit) => Add(
        hit.Scan, hit.ScanRevision, hit.Pattern, hit.Severity, hit.Source, hit.Template, HitIds.Read(hit.Id), hit.TimeUs > 0 ? hit.TimeUs : hit.SeenUs, hit.Text.Span);

    /// <summary>Adds what was counted elsewhere.</summary>
    public void Add(HitSummary other) => Add(other, HitIds.Read(other.Id));

    private void Add(HitSummary other, HitId id)
    {
        var summary = Find(other.Scan, other.Pattern, other.Source, other.Template, id);
        Tally(summary, other.ScanRevision, other.Severity, other.Count, other.FirstUs, other.LastUs);
        foreach (var example in other.Examples)
        {
            if (summary.Examples.Count < MostExamples)
                summary.Examples.Add(Example(example));
        }
    }

    /// <summary>What was counted; the book is empty then.</summary>
    public IReadOnlyList<HitSummary> Take()
    {
        HitSummary[] all = [.. _summaries.Values];
        _summaries.Clear();
        return all;
    }

    /// <summary>Moves all into another book.</summary>
    public void MoveTo(SummaryBook other)
    {
        foreach (var summary in _summaries.Values)
            other.Add(summary);
        _summaries.Clear();
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _summaries.Clear();

    private HitSummary Find(string scan, string pattern, string source, string template, HitId id)
    {
        if (_summaries.TryGetValue((scan, pattern, source, template), out var known))
            return known;
        if (_summaries.Count >= mostKinds && template != Others)
            return Find(scan, pattern, "", Others, id);
        // Every hit is counted once, so the first one's identity is no other summary's.
        var made = new HitSummary { Id = HitIds.ToMessage(id.Within('s', template)), Scan = scan, Pattern = pattern, Source = source, Template = template };
        _summaries.Add((scan, pattern, source, template), made);
        return made;
    }

    private static void Tally(HitSummary summary, ulong revision, Severity severity, ulong count, long first, long last)
    {
        summary.ScanRevision = Math.Max(summary.ScanRevision, revision);
        summary.Severity = (Severity)Math.Max((int)summary.Severity, (int)severity);
        summary.FirstUs = summary.Count == 0 ? first : Math.Min(summary.FirstUs, first);
        summary.LastUs = Math.Max(summary.LastUs, last);
        summary.Count += count;
    }

    private static ByteString Example(ByteString text) => text.Length <= LongestExample ? text : ByteString.CopyFrom(text.Span[..LongestExample]);
}
