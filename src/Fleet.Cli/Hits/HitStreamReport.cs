using Fleet.Cli.Logs;
using Fleet.Cli.Output;
using Fleet.Cli.Scans;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Hits;

/// <summary>A line per hit, as they come.</summary>
internal sealed class HitStreamReport(Screen screen, HitHighlighter highlighter) : IHitReport
{
    private readonly HitTally _tally = new();

    public void Take(SearchHitsReply reply)
    {
        _tally.Take(reply);
        foreach (var gap in reply.Gaps)
            GapLine.Write(screen, gap);
        foreach (var (host, hit, notAssigned) in reply.Hits.Select(stored => (stored.AgentName, stored.Hit, stored.NotAssigned)))
        {
            Head(host, hit.Scan, hit.Pattern, hit.Severity, HitFormatter.TimeUs(hit));
            HighlightedText.Write(screen.Out, hit.Text.Span, highlighter.RangesOf(hit), HitFormatter.Margin);
            if (hit.Truncated)
                screen.Out.Write($"{TextStyle.Grey} ... (truncated)");
            if (notAssigned)
                screen.Out.Write($"{TextStyle.Yellow} {HitFormatter.NotAssigned}");
            screen.Writer.WriteLine();
        }

        foreach (var stored in reply.Summaries)
        {
            var summary = stored.Summary;
            Head(stored.AgentName, summary.Scan, summary.Pattern, summary.Severity, summary.LastUs);
            screen.Out.WriteLine($"{HitFormatter.Summary(stored)}");
        }

        screen.Writer.Flush();
    }

    public void Finish() => _tally.Write(screen);

    private void Head(string host, string scan, string pattern, Severity severity, long timeUs) =>
        screen.Out.Write(
            $"{TextStyle.Grey}{LineTime.Local(timeUs)}{TextStyle.Plain} {TextStyle.Green}{host}{TextStyle.Plain} {ScanFormatter.Style(severity)}{scan}/{pattern}{TextStyle.Plain} ");
}
