using System.Text;
using Fleet.Cli.Output;

namespace Fleet.Cli.Logs;

/// <summary>The text of a line with what matched highlighted.</summary>
internal static class HighlightedText
{
    /// <param name="to">Where to.</param>
    /// <param name="text">The line.</param>
    /// <param name="ranges">Start and length, in bytes, of what matched; in turns, from left to right.</param>
    /// <param name="margin">What further lines of a record begin with.</param>
    public static void Write(ScreenWriter to, ReadOnlySpan<byte> text, IReadOnlyList<uint> ranges, string margin = "")
    {
        var at = 0;
        for (var i = 0; to.HasColors && i + 1 < ranges.Count; i += 2)
        {
            // What a host says of its lines is not trusted to fit them.
            var (start, length) = (ranges[i], ranges[i + 1]);
            if (start < at || length == 0 || (ulong)start + length > (ulong)text.Length)
                continue;
            to.Write(Decode(text[at..(int)start], margin));
            to.WriteStyled(TextStyle.RedBold, Decode(text.Slice((int)start, (int)length), margin));
            at = (int)(start + length);
        }

        to.Write(Decode(text[at..], margin));
    }

    private static string Decode(ReadOnlySpan<byte> text, string margin)
    {
        var decoded = Encoding.UTF8.GetString(text);
        return margin.Length == 0 ? decoded : decoded.Replace("\n", "\n" + margin, StringComparison.Ordinal);
    }
}
