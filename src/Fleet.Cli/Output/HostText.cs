using System.Text;

namespace Fleet.Cli.Output;

/// <summary>
/// Makes text of what a host printed. To a terminal control characters do not go through as they are: a log line from a
/// host must not be able to move the cursor, change the title or answer a query in the operator's terminal.
/// </summary>
internal static class HostText
{
    /// <summary>Decodes UTF-8; bytes that are none become U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, bool forTerminal)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return forTerminal && text.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0 || forTerminal && text.AsSpan().IndexOfAnyInRange('\u007f', '\u009f') >= 0
            ? MakeVisible(text)
            : text;
    }

    private static string MakeVisible(string text)
    {
        var visible = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                continue;
            if (c is '\n' or '\t' || !char.IsControl(c))
                visible.Append(c);
            else if (c < ' ')
                visible.Append('^').Append((char)(c + '@'));
            else
                visible.Append("\\x").Append(((int)c).ToString("x2", null));
        }

        return visible.ToString();
    }
}
