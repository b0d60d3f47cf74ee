using Fleet.Cli.Output;
using Spectre.Console;

namespace Fleet.Cli.Logs;

/// <summary>The text of a line with what matched highlighted.</summary>
internal static class HighlightedText
{
    /// <param name="screen">Where to.</param>
    /// <param name="text">The line.</param>
    /// <param name="ranges">Start and length, in bytes, of what matched; in turns, from left to right.</param>
    /// <param name="margin">What further lines of a record begin with.</param>
    public static void Write(Screen screen, ReadOnlySpan<byte> text, IReadOnlyList<uint> ranges, string margin = "")
    {
        var at = 0;
        for (var i = 0; i + 1 < ranges.Count; i += 2)
        {
            var (start, length) = ((int)ranges[i], (int)ranges[i + 1]);
            if (start < at || length <= 0 || start + length > text.Length)
                continue;
            screen.Writer.Write(Visible(screen, text[at..start], margin));
            screen.Out.Markup($"[red bold]{Markup.Escape(Visible(screen, text.Slice(start, length), margin))}[/]");
            at = start + length;
        }

        screen.Writer.Write(Visible(screen, text[at..], margin));
    }

    private static string Visible(Screen screen, ReadOnlySpan<byte> text, string margin)
    {
        var decoded = HostText.Decode(text, screen.OutIsTerminal);
        return margin.Length == 0 ? decoded : decoded.Replace("\n", "\n" + margin, StringComparison.Ordinal);
    }
}
