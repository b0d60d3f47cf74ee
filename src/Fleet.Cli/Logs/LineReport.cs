using System.Text;
using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;
using Spectre.Console;

namespace Fleet.Cli.Logs;

/// <summary>The lines themselves, a block per host and source, what matched highlighted.</summary>
internal sealed class LineReport(Screen screen, SearchLogs search) : ISearchReport
{
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
                screen.Out.MarkupLine($"[green bold]--- {Markup.Escape(host)}[/] [green]{Markup.Escape(Visible(source))}[/]");
            }

            foreach (var line in lines.Lines)
            {
                // As grep(1) has it: between groups of lines that do not stand together, where there is context at all.
                if (_hasContext && line.GapBefore && !first)
                    screen.Out.MarkupLine("[grey]--[/]");
                Write(line);
                first = false;
            }
        }
    }

    public void Finish(JobView job, SearchTally tally, TimeSpan elapsed) => SearchSummary.Write(screen, job, tally, elapsed);

    private void Write(LogLine line)
    {
        // As grep(1) has it: a colon after the number of a match, a dash after that of a line of context.
        if (line.Number > 0)
            screen.Out.Markup($"[grey]{line.Number}{(line.Context ? '-' : ':')}[/]");
        else if (line.Cursor.Length > 0 && line.TimeUs > 0)
            screen.Out.Markup($"[grey]{LineTime.Local(line.TimeUs)}{(!_hasContext ? "" : line.Context ? "-" : ":")}[/] ");
        HighlightedText.Write(screen, line.Text.Span, [.. line.Ranges]);
        if (line.Cut)
            screen.Out.Markup("[grey] ... (cut)[/]");
        screen.Writer.WriteLine();
    }

    private string Visible(string text) => HostText.Decode(Encoding.UTF8.GetBytes(text), screen.OutIsTerminal);
}
