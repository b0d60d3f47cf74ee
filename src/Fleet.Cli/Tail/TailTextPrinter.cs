using System.Globalization;
using Fleet.Cli.Logs;
using Fleet.Cli.Output;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tail;

/// <summary>Lines with their host before them; on a terminal each host in a color of its own and what matched in red.</summary>
/// <param name="screen">The terminal.</param>
/// <param name="showsSource">Whether the log's name stands behind the host's.</param>
internal sealed class TailTextPrinter(Screen screen, bool showsSource) : ITailPrinter
{
    private const int WidestHost = 40;

    private readonly ScreenWriter _out = screen.Out;
    private int _width;

    public void Show(TailItem item)
    {
        var host = item.Host.PadRight(_width);
        _out.Write($"{TextStyle.OfHost(item.Host)}{host}");
        if (showsSource && item.Line is not null)
            _out.Write($"{TextStyle.OfHost(item.Host)} {item.Source}");
        if (item.Line is { } line)
        {
            _out.Write(" | ");
            Write(line, InertText.OneLine(host) + " | ");
        }
        else
        {
            _out.Write($"{TextStyle.OfHost(item.Host)} = ");
            _out.WriteField(item.Dropped > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{item.Dropped:N0} {(item.Dropped == 1 ? "line" : "lines")} dropped here")
                : $"{item.Source}: {item.Note}");
        }

        _out.WriteLine();
    }

    public void Show(HostChanges changes)
    {
        _width = Math.Min(WidestHost, changes.Following.Select(name => name.Length).Append(_width).Max());
        if (changes.Begun.Count > 0)
            screen.Note($"following {Hosts(changes.Begun)}");
        if (changes.Back.Count > 0)
            screen.Note($"{Hosts(changes.Back)}: reconnected, followed from now on; lines written meanwhile are not shown");
        foreach (var gone in changes.Gone.GroupBy(host => host.Reason, StringComparer.Ordinal))
            screen.Note($"{Hosts([.. gone.Select(host => host.Host)])}: not followed: {InertText.OneLine(gone.Key)}");
    }

    public void Finish(TailTally tally, TimeSpan elapsed)
    {
        var leftOut = tally.LeftOut > 0 ? string.Create(CultureInfo.InvariantCulture, $", {tally.LeftOut:N0} dropped") : "";
        var ended = tally.Ended.Count > 0 ? $"; not followed: {Hosts([.. tally.Ended.Keys])}" : "";
        screen.Note(string.Create(CultureInfo.InvariantCulture,
            $"{tally.Lines:N0} {(tally.Lines == 1 ? "line" : "lines")} of {Plural.Of(tally.HostsShown, "host")}{leftOut}{ended}; {ProgressLine.Elapsed(elapsed)}"));
    }

    public void Flush() => _out.Flush();

    /// <param name="line">The line.</param>
    /// <param name="margin">What its further lines begin with: one of a host must not look like another's.</param>
    private void Write(LogLine line, string margin)
    {
        // Lines of a file mostly say when themselves.
        if (line.Cursor.Length > 0 && line.TimeUs > 0)
            _out.Write($"{TextStyle.Grey}{LineTime.Local(line.TimeUs)}{TextStyle.Plain} ");
        HighlightedText.Write(_out, line.Text.Span, line.Ranges, margin);
        if (line.Truncated)
            _out.Write(" ... (truncated)");
    }

    private static string Hosts(IReadOnlyCollection<string> hosts) => NodeSet.Fold(hosts) + (hosts.Count == 1 ? "" : $" ({hosts.Count} hosts)");
}
