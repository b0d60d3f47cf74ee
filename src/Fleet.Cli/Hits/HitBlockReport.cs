using System.Text;
using Fleet.Cli.Logs;
using Fleet.Cli.Output;
using Fleet.Cli.Scans;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;
using Spectre.Console;

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
            screen.Out.MarkupLine($"[green bold]--- {Markup.Escape(block.Key.Host)}[/] [green]{Markup.Escape(Visible(block.Key.Source))}[/]");
            foreach (var line in block.OrderBy(line => line.TimeUs))
                line.Write();
        }

        _tally.Write(screen);
    }

    private sealed record Line(string Host, string Source, long TimeUs, Action Write);

    private IEnumerable<Line> Lines(SearchHitsReply reply) =>
        reply.Hits.Select(hit => new Line(hit.AgentName, hit.Hit.Source, HitWords.TimeUs(hit.Hit), () => Write(hit)))
            .Concat(reply.Summaries.Select(s => new Line(s.AgentName, s.Summary.Source, s.Summary.LastUs, () => Write(s))))
            .Concat(reply.Gaps.Select(gap => new Line(gap.AgentName, gap.Gap.Source, gap.Gap.UntilUs, () => GapLine.Write(screen, gap))));

    private void Write(StoredHit stored)
    {
        var hit = stored.Hit;
        screen.Out.Markup($"[grey]{LineTime.Local(HitWords.TimeUs(hit))}[/] [{ScanWords.Colour(hit.Severity)}]{Markup.Escape($"{hit.Scan}/{hit.Pattern}")}[/] ");
        HighlightedText.Write(screen, hit.Text.Span, highlighter.RangesOf(hit), HitWords.Margin);
        if (hit.Cut)
            screen.Out.Markup("[grey] ... (cut)[/]");
        if (stored.NotAssigned)
            screen.Out.Markup($"[yellow] {HitWords.NotAssigned}[/]");
        screen.Writer.WriteLine();
    }

    private void Write(StoredSummary stored)
    {
        var summary = stored.Summary;
        screen.Out.Markup($"[grey]{LineTime.Local(summary.LastUs)}[/] [{ScanWords.Colour(summary.Severity)}]{Markup.Escape($"{summary.Scan}/{summary.Pattern}")}[/] ");
        screen.Writer.WriteLine(Visible(HitWords.Summary(stored)));
        foreach (var example in summary.Examples)
            screen.Writer.WriteLine($"    e.g. {HostText.Decode(example.Span, screen.OutIsTerminal)}");
    }

    private string Visible(string text) => HostText.Decode(Encoding.UTF8.GetBytes(text), screen.OutIsTerminal);
}
