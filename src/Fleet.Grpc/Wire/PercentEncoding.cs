using System.Text;

namespace Grpc.Wire;

/// <summary>
/// The encoding of <c>grpc-message</c>: UTF-8, with all but printable ASCII (and "%" itself) as %XX; so are a blank at its beginning and one at
/// its end, with which a field value is malformed (RFC 9113, 8.2.1).
/// </summary>
internal static class PercentEncoding
{
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%', StringComparison.Ordinal) && text is not ([' ', ..] or [.., ' ']))
            return text;

        var encoded = new StringBuilder(text.Length * 2);
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            var isOuterBlank = b == (byte)' ' && (i == 0 || i == bytes.Length - 1);
            if (b is >= 0x20 and <= 0x7e and not (byte)'%' && !isOuterBlank)
                encoded.Append((char)b);
            else
                encoded.Append('%').Append(Convert.ToHexString([b]));
        }

        return encoded.ToString();
    }

    /// <summary>Decodes, keeping what is not validly encoded as it is: a damaged message is better than none.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;

        var decoded = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                decoded.Add(Convert.FromHexString(text.AsSpan(i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                decoded.AddRange(Encoding.UTF8.GetBytes(text, i, 1));
            }
        }

        return Encoding.UTF8.GetString([.. decoded]);
    }
}
