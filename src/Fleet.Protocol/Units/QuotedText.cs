using System.Globalization;
using System.Text;

namespace Fleet.Protocol.Units;

/// <summary>The quoting that node sets, targets and label lists share: any text fits between double quotes.</summary>
/// <remarks>
/// In double quotes <c>\\</c>, <c>\"</c> and <c>\uXXXX</c> are escapes and any other backslash stands for itself, so that
/// regular expressions read naturally. In single quotes nothing is an escape.
/// </remarks>
internal static class QuotedText
{
    public static bool IsQuote(char c) => c is '"' or '\'';

    public static string Quote(string value)
    {
        var quoted = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c) || char.IsSurrogate(c))
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Reads the quoted text that begins at <paramref name="position"/> and moves past its closing quote.</summary>
    /// <exception cref="FleetFormatException">The closing quote is missing.</exception>
    public static string Read(string text, ref int position)
    {
        var opening = position;
        var quote = text[position++];
        var value = new StringBuilder();
        while (position < text.Length)
        {
            var c = text[position++];
            if (c == quote)
                return value.ToString();
            value.Append(c == '\\' && quote == '"' ? Unescape(text, ref position) : c);
        }

        throw new FleetFormatException(text, new ParseError(opening + 1, "this quote is never closed", $"add {quote} at the end of the text"));
    }

    private static char Unescape(string text, ref int position)
    {
        if (position < text.Length && text[position] is '"' or '\\')
            return text[position++];

        if (position + 5 <= text.Length && text[position] == 'u'
            && ushort.TryParse(text.AsSpan(position + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            position += 5;
            return (char)code;
        }

        return '\\';
    }
}
