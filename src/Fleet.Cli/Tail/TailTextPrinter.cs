using System.Globalization;
using System.Text;
using Fleet.Cli.Logs;
using Fleet.Cli.Output;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tail;

/// <summary>Lines with their host before them; on a terminal each host in a colour of its own and what matched in red.</summary>
/// <param name="screen">The terminal.</param>
/// <param name="output">Where lines go.</param>
/// <param name="showsSource">Whether the log's name stands behind the host's.</param>
internal sealed class TailTextPrinter(Screen screen, TextWriter output, bool showsSource) : ITailPrinter
{
    private const int WidestHost = 40;
    private const string Plain = "\u001b[0m";
    private const string Highlight = "\u001b[1;31m";
    private const string Faint = "\u001b[90m";

    // Not red, which is for matches, nor what is hard to see on black or on white.
    private static readonly string[] s_hostColours = ["\u001b[32m", "\u001b[33m", "\u001b[34m", "\u001b[35m", "\u001b[36m", "\u001b[92m", "\u001b[94m", "\u001b[95m", "\u001b[96m"];

    private readonly bool _hasColour = screen.OutIsTerminal && screen.Out.Profile.Capabilities.Ansi;
    private readonly StringBuilder _text = new();
    private int _width;

    public void Show(TailItem item)
    {
        _text.Clear();
        Colour(ColourOf(item.Host));
        _text.Append(item.Host.PadRight(_width));
        if (showsSource && item.Line is not null)
            _text.Append(' ').Append(Visible(item.Source));
        if (item.Line is { } line)
        {
            Colour(Plain);
            _text.Append(" | ");
            AppendLine(line);
        }
        else
        {
            _text.Append(" = ");
            Colour(Plain);
            _text.Append(item.Dropped > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{item.Dropped:N0} {(item.Dropped == 1 ? "line" : "lines")} left out here")
                : $"{Visible(item.Source)}: {Visible(item.Note)}");
        }

        output.Write(_text.Append('\n'));
    }

    public void Show(HostChanges changes)
    {
        _width = Math.Min(WidestHost, changes.Following.Select(name => name.Length).Append(_width).Max());
        if (changes.Begun.Count > 0)
            screen.Note($"following {Hosts(changes.Begun)}");
        if (changes.Back.Count > 0)
            screen.Note($"{Hosts(changes.Back)}: back, and followed from now on; what was written meanwhile is not shown");
        foreach (var gone in changes.Gone.GroupBy(host => host.Reason, StringComparer.Ordinal))
            screen.Note($"{Hosts([.. gone.Select(host => host.Host)])}: not followed: {Visible(gone.Key)}");
    }

    public void Finish(TailTally tally, TimeSpan elapsed)
    {
        var leftOut = tally.LeftOut > 0 ? string.Create(CultureInfo.InvariantCulture, $", {tally.LeftOut:N0} left out") : "";
        var ended = tally.Ended.Count > 0 ? $"; not followed: {Hosts([.. tally.Ended.Keys])}" : "";
        screen.Note(string.Create(CultureInfo.InvariantCulture,
            $"{tally.Lines:N0} {(tally.Lines == 1 ? "line" : "lines")} of {tally.HostsShown} {(tally.HostsShown == 1 ? "host" : "hosts")}{leftOut}{ended}; {ProgressLine.Elapsed(elapsed)}"));
    }

    public void Flush() => output.Flush();

    private void AppendLine(LogLine line)
    {
        // Lines of a file mostly say when themselves.
        if (line.Cursor.Length > 0 && line.TimeUs > 0)
        {
            Colour(Faint);
            _text.Append(LineTime.Local(line.TimeUs));
            Colour(Plain);
            _text.Append(' ');
        }

        var text = line.Text.Span;
        var at = 0;
        for (var i = 0; _hasColour && i + 1 < line.Ranges.Count; i += 2)
        {
            // What a host says of its lines is not trusted to fit them.
            var (start, length) = (line.Ranges[i], line.Ranges[i + 1]);
            if (start < at || length == 0 || (ulong)start + length > (ulong)text.Length)
                continue;
            _text.Append(HostText.Decode(text[at..(int)start], screen.OutIsTerminal));
            Colour(Highlight);
            _text.Append(HostText.Decode(text.Slice((int)start, (int)length), screen.OutIsTerminal));
            Colour(Plain);
            at = (int)(start + length);
        }

        _text.Append(HostText.Decode(text[at..], screen.OutIsTerminal));
        if (line.Cut)
            _text.Append(" ... (cut)");
    }

    private void Colour(string sequence)
    {
        if (_hasColour)
            _text.Append(sequence);
    }

    // The same host has the same colour each time.
    private static string ColourOf(string host)
    {
        var sum = 17U;
        foreach (var c in host)
            sum = (sum * 31) + c;
        return s_hostColours[sum % s_hostColours.Length];
    }

    private static string Hosts(IReadOnlyCollection<string> hosts) => NodeSet.Fold(hosts) + (hosts.Count == 1 ? "" : $" ({hosts.Count} hosts)");

    private string Visible(string text) => HostText.Decode(Encoding.UTF8.GetBytes(text), screen.OutIsTerminal);
}
