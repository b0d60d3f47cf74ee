using System.Buffers;
using System.Text;

namespace Fleet.Protocol.Folding;

/// <summary>Rewrites an output so that hosts which differ only by their name and by numbers give the same bytes.</summary>
/// <remarks>
/// The host's name, whole or up to its first dot, becomes <c>@</c> where it stands as a word; a run of digits becomes <c>#</c>; a run
/// of blanks becomes one, because columns are padded to the width of their numbers. Both marks are doubled where they stand in
/// the output itself, so that a literal <c>#</c> does not pass for a number.
/// </remarks>
internal static class OutputNormalizer
{
    private const string Marks = "@#";
    private const string Blanks = " \t";
    private const string Digits = "0123456789";

    public static ReadOnlySpan<byte> Normalize(string host, ReadOnlySpan<byte> content)
    {
        var name = Encoding.UTF8.GetBytes(host);
        var shortName = ShortName(name);
        var stops = SearchValues.Create(Encoding.UTF8.GetBytes(Marks + Blanks + Digits + char.ToLowerInvariant(host[0]) + char.ToUpperInvariant(host[0])));

        var output = new ArrayBufferWriter<byte>(Math.Max(16, content.Length));
        for (var i = 0; i < content.Length;)
        {
            var plain = content[i..].IndexOfAny(stops);
            plain = plain < 0 ? content.Length - i : plain;
            output.Write(content.Slice(i, plain));
            i += plain;
            if (i < content.Length)
                i += TakeStop(output, content, i, name, shortName);
        }

        return output.WrittenSpan;
    }

    // Rewrites what begins at a byte that may matter, and says how many bytes that was.
    private static int TakeStop(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> content, int start, ReadOnlySpan<byte> name, ReadOnlySpan<byte> shortName)
    {
        var rest = content[start..];
        var nameLength = IsNameAt(content, start, name) ? name.Length : IsNameAt(content, start, shortName) ? shortName.Length : 0;
        if (nameLength > 0)
        {
            output.Write("@"u8);
            return nameLength;
        }

        if (char.IsAsciiDigit((char)rest[0]))
        {
            output.Write("#"u8);
            return RunLength(rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9'), rest);
        }

        if (rest[0] is (byte)' ' or (byte)'\t')
        {
            output.Write(" "u8);
            return RunLength(rest.IndexOfAnyExcept((byte)' ', (byte)'\t'), rest);
        }

        if (rest[0] is (byte)'@' or (byte)'#')
            output.Write(rest[..1]);
        output.Write(rest[..1]);
        return 1;
    }

    // The first part of an address is a number like any other.
    private static ReadOnlySpan<byte> ShortName(ReadOnlySpan<byte> name)
    {
        var dot = name.IndexOf((byte)'.');
        return dot > 0 && name[..dot].ContainsAnyExceptInRange((byte)'0', (byte)'9') ? name[..dot] : name;
    }

    private static bool IsNameAt(ReadOnlySpan<byte> content, int start, ReadOnlySpan<byte> name)
    {
        var end = start + name.Length;
        if (end > content.Length || !Ascii.EqualsIgnoreCase(content[start..end], name))
            return false;

        // web1 is not the name in web10, nor in myweb1.
        return (start == 0 || !IsWordByte(content[start - 1])) && (end == content.Length || !IsWordByte(content[end]));
    }

    private static int RunLength(int end, ReadOnlySpan<byte> rest) => end < 0 ? rest.Length : end;

    private static bool IsWordByte(byte value) => char.IsAsciiLetterOrDigit((char)value) || value >= 128;
}
