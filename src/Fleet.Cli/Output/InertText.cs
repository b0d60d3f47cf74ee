using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fleet.Cli.Output;

/// <summary>
/// Makes what others wrote harmless to a terminal and to its reader: control characters, what reorders its neighbors (bidi controls) and what is
/// invisible (zero-width characters) become visible. The same characters as <see cref="Protocol.Text.OneLineText"/> has.
/// </summary>
/// <remarks>C0 in caret form (^[ for ESC), all else as \uXXXX, which is the same text to a JSON parser.</remarks>
internal static class InertText
{
    // What needs no second look, by far the most: printable ASCII, line feed and tab.
    private static readonly SearchValues<char> s_plain = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c), '\n', '\t']);

    /// <summary>Text of several lines: line feeds and tabs stay, and a line may end with CR LF.</summary>
    public static void AppendBlock(StringBuilder to, ReadOnlySpan<char> text) => Append(to, text, isOneLine: false);

    /// <summary>A field of one line: line feeds, carriage returns and tabs become blanks too.</summary>
    public static void AppendLine(StringBuilder to, ReadOnlySpan<char> text) => Append(to, text, isOneLine: true);

    /// <summary>A field of one line.</summary>
    public static string OneLine(string text)
    {
        if (!NeedsLook(text) && text.AsSpan().IndexOfAny('\n', '\t') < 0)
            return text;
        var to = new StringBuilder(text.Length + 16);
        AppendLine(to, text);
        return to.ToString();
    }

    /// <summary>Whether a text has anything but printable ASCII, line feeds and tabs in it.</summary>
    public static bool NeedsLook(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(s_plain) >= 0;

    private static void Append(StringBuilder to, ReadOnlySpan<char> text, bool isOneLine)
    {
        while (text.Length > 0)
        {
            var isWhole = Rune.DecodeFromUtf16(text, out var rune, out var length) == OperationStatus.Done;
            var c = text[0];
            if (!isWhole)
                Escape(to, text[..length]);
            else if (c is '\n' or '\t')
                to.Append(isOneLine ? ' ' : c);
            else if (c == '\r' && isOneLine)
                to.Append(text is ['\r', '\n', ..] ? "" : " ");
            else if (c == '\r' && text is ['\r', '\n', ..])
                to.Append("");
            else if (c < ' ')
                to.Append('^').Append((char)(c + '@'));
            else if (c == '\u007f')
                to.Append("^?");
            else if (IsHarmless(rune))
                to.Append(text[..length]);
            else
                Escape(to, text[..length]);
            text = text[length..];
        }
    }

    private static bool IsHarmless(Rune rune) => rune.IsAscii || Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static void Escape(StringBuilder to, ReadOnlySpan<char> units)
    {
        foreach (var unit in units)
            to.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
    }
}
