using Fleet.Cli.Logs;
using Fleet.Cli.Output;
using Fleet.Cli.Scans;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;
using Fleet.Cli.Results;

namespace Fleet.Cli.Hits;

/// <summary>Hits in order of time, a block per host and source; hosts in natural order. What is missing stands where it is missing.</summary>
internal sealed class HitBlockReport(Screen screen, HitHighlighter highlighter) : IHitReport
{
    private readonly List<SearchHitsReply> _replies = [];
    private readonly HitTally _tally = new();

    public void Take(SearchHitsReply reply)
    {
        _replies.Add(reply);
        _tally.Take(reply);
    }

    public void Finish()
    {
        // They come newest first: those of one time are turned round too.
        var lines = _replies.SelectMany(Lines).Reverse().ToList();
        foreach (var block in lines.GroupBy(line => (line.Host, line.Source)).OrderBy(block => block.Key.Host, NaturalOrder.Comparer).ThenBy(block => block.Key.Source, StringComparer.Ordinal))
        {
            screen.Out.WriteLine($"{TextStyle.GreenBold}{Heading.Mark}{block.Key.Host}{TextStyle.Plain} {TextStyle.Green}{block.Key.Source}");
            foreach (var line in block.OrderBy(line => line.TimeUs))
                line.Write();
        }

        _tally.Write(screen);
    }

    private sealed record Line(string Host, string Source, long TimeUs, Action Write);

    private IEnumerable<Line> Lines(SearchHitsReply reply) =>
        reply.Hits.Select(hit => new Line(hit.AgentName, hit.Hit.Source, HitFormatter.TimeUs(hit.Hit), () => Write(hit)))
            .Concat(reply.Summaries.Select(s => new Line(s.AgentName, s.Summary.Source, s.Summary.LastUs, () => Write(s))))
            .Concat(reply.Gaps.Select(gap => new Line(gap.AgentName, gap.Gap.Source, gap.Gap.UntilUs, () => GapLine.Write(screen, gap))));

    private void Write(StoredHit stored)
    {
        var hit = stored.Hit;
        Head(HitFormatter.TimeUs(hit), hit.Scan, hit.Pattern, hit.Severity);
        HighlightedText.Write(screen.Out, hit.Text.Span, highlighter.RangesOf(hit), HitFormatter.Margin);
        if (hit.Truncated)
            screen.Out.Write($"{TextStyle.Grey} ... (truncated)");
        if (stored.NotAssigned)
            screen.Out.Write($"{TextStyle.Yellow} {HitFormatter.NotAssigned}");
        screen.Writer.WriteLine();
    }

    private void Write(StoredSummary stored)
    {
        var summary = stored.Summary;
        Head(summary.LastUs, summary.Scan, summary.Pattern, summary.Severity);
        screen.Out.WriteLine($"{HitFormatter.Summary(stored)}");
        foreach (var example in summary.Examples)
            screen.Out.WriteLine($"    e.g. {example.ToStringUtf8()}");
    }

    private void Head(long timeUs, string scan, string pattern, Severity severity) =>
        screen.Out.Write($"{TextStyle.Grey}{LineTime.Local(timeUs)}{TextStyle.Plain} {ScanFormatter.Style(severity)}{scan}/{pattern}{TextStyle.Plain} ");
}
