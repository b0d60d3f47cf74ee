using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Values of <c>-bin</c> headers: base64, sent without padding and read with or without it.</summary>
internal static class BinaryHeader
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        text = text.Trim().TrimEnd('=');
        bytes = [];
        if (text.Length % 4 == 1)
            return false;

        Span<char> padded = text.Length <= 1024 ? stackalloc char[text.Length + 3] : new char[text.Length + 3];
        text.CopyTo(padded);
        var length = text.Length;
        while (length % 4 != 0)
            padded[length++] = '=';

        var decoded = new byte[length / 4 * 3];
        if (!Convert.TryFromBase64Chars(padded[..length], decoded, out var written))
            return false;

        bytes = decoded[..written];
        return true;
    }

    /// <summary>Adds a header as it came. Proxies may join values with commas, which only binary ones can be split at.</summary>
    public static void AddReceived(Metadata metadata, string name, string value)
    {
        if (!IsName(name))
            return;

        if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            metadata.Add(name, value);
            return;
        }

        foreach (var range in value.AsSpan().Split(','))
        {
            // An undecodable value is dropped, not fatal: the header is the application's and may be another's.
            if (TryDecode(value.AsSpan()[range], out var bytes))
                metadata.Add(name, bytes);
        }
    }

    // HTTP allows more characters in names than gRPC does.
    private static bool IsName(string name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
                return false;
        }

        return name.Length > 0;
    }
}
