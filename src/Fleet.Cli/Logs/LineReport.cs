using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Logs;

/// <summary>The lines themselves, a block per host and source, what matched highlighted.</summary>
internal sealed class LineReport(Screen screen, SearchLogs search) : ISearchReport
{
    private const string Moved = " ";

    private readonly bool _hasContext = search.Before + search.After > 0;

    public void Take(string host, IReadOnlyList<LogResult> results)
    {
        var source = "";
        var first = true;
        foreach (var lines in results.Select(result => result.Lines).OfType<LogLines>())
        {
            if (lines.Source != source)
            {
                (source, first) = (lines.Source, true);
                screen.Out.WriteLine($"{TextStyle.GreenBold}{Heading.Mark}{host}{TextStyle.Plain} {TextStyle.Green}{source}");
            }

            foreach (var line in lines.Lines)
            {
                // As grep(1) has it: between groups of lines that do not stand together, where there is context at all.
                if (_hasContext && line.GapBefore && !first)
                    screen.Out.WriteLine($"{TextStyle.Grey}--");
                Write(line);
                first = false;
            }
        }
    }

    public void Finish(JobView job, SearchTally tally, TimeSpan elapsed) => SearchSummary.Write(screen, job, tally, elapsed);

    // See HostLines: only a heading begins with its mark at the very left.
    private static bool HasForgedHeading(ReadOnlySpan<byte> text) => text.IndexOf("\n--- "u8) >= 0;

    private void Write(LogLine line)
    {
        // As grep(1) has it: a colon after the number of a match, a dash after that of a line of context.
        if (line.Number > 0)
            screen.Out.Write($"{TextStyle.Grey}{line.Number}{(line.Context ? "-" : ":")}");
        else if (line.Cursor.Length > 0 && line.TimeUs > 0)
            screen.Out.Write($"{TextStyle.Grey}{LineTime.Local(line.TimeUs)}{(!_hasContext ? "" : line.Context ? "-" : ":")}{TextStyle.Plain} ");
        else if (line.Text.Span.StartsWith("--- "u8))
            screen.Out.Write(Moved);
        HighlightedText.Write(screen.Out, line.Text.Span, line.Ranges, HasForgedHeading(line.Text.Span) ? Moved : "");
        if (line.Truncated)
            screen.Out.Write($"{TextStyle.Grey} ... (truncated)");
        screen.Writer.WriteLine();
    }
}
