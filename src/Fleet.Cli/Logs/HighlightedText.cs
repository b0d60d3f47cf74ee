using Fleet.Cli.Output;
using Spectre.Console;

namespace Fleet.Cli.Logs;

/// <summary>The text of a line with what matched highlighted.</summary>
internal static class HighlightedText
{
    /// <param name="screen">Where to.</param>
    /// <param name="text">The line.</param>
    /// <param name="ranges">Start and length, in bytes, of what matched; in turns, from left to right.</param>
    public static void Write(Screen screen, ReadOnlySpan<byte> text, IReadOnlyList<uint> ranges)
    {
        var at = 0;
        for (var i = 0; i + 1 < ranges.Count; i += 2)
        {
            var (start, length) = ((int)ranges[i], (int)ranges[i + 1]);
            if (start < at || length <= 0 || start + length > text.Length)
                continue;
            screen.Writer.Write(HostText.Decode(text[at..start], screen.OutIsTerminal));
            screen.Out.Markup($"[red bold]{Markup.Escape(HostText.Decode(text.Slice(start, length), screen.OutIsTerminal))}[/]");
            at = start + length;
        }

        screen.Writer.Write(HostText.Decode(text[at..], screen.OutIsTerminal));
    }
}
