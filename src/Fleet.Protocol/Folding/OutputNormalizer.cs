using System.Buffers;
using System.Text;

namespace Fleet.Protocol.Folding;

/// <summary>Rewrites an output so that hosts which differ only by their name and by numbers give the same bytes.</summary>
/// <remarks>
/// The host's name, whole or up to its first dot, becomes <c>@</c> where it stands as a word; a run of digits becomes <c>#</c>; a run
/// of blanks becomes one, because columns are padded to the width of their numbers. Both marks are doubled where they stand in the output
/// itself, so that a literal <c>#</c> does not pass for a number.
/// </remarks>
internal static class OutputNormalizer
{
    public static ReadOnlySpan<byte> Normalize(string host, ReadOnlySpan<byte> content)
    {
        var name = Encoding.UTF8.GetBytes(host);
        var dot = name.AsSpan().IndexOf((byte)'.');
        // The first part of an address is a number like any other.
        var hasShortName = dot > 0 && !IsNumber(name.AsSpan(0, dot));
        var shortName = hasShortName ? name.AsSpan(0, dot) : name;

        var output = new ArrayBufferWriter<byte>(Math.Max(16, content.Length));
        for (var i = 0; i < content.Length;)
        {
            var taken = TakeName(content, i, name) is > 0 and var whole ? whole : TakeName(content, i, shortName);
            if (taken > 0)
                Append(output, (byte)'@');
            else if ((taken = TakeRun(content[i..], char.IsAsciiDigit)) > 0)
                Append(output, (byte)'#');
            else if ((taken = TakeRun(content[i..], c => c is ' ' or '\t')) > 0)
                Append(output, (byte)' ');
            else
                taken = Copy(output, content[i]);
            i += taken;
        }

        return output.WrittenSpan;
    }

    private static int TakeName(ReadOnlySpan<byte> content, int start, ReadOnlySpan<byte> name)
    {
        var end = start + name.Length;
        if (end > content.Length || !Ascii.EqualsIgnoreCase(content[start..end], name))
            return 0;

        // web1 is not the name in web10, nor in myweb1.
        var isWord = (start == 0 || !IsWordByte(content[start - 1])) && (end == content.Length || !IsWordByte(content[end]));
        return isWord ? name.Length : 0;
    }

    private static bool IsNumber(ReadOnlySpan<byte> text) => TakeRun(text, char.IsAsciiDigit) == text.Length;

    private static int TakeRun(ReadOnlySpan<byte> content, Func<char, bool> belongs)
    {
        var length = 0;
        while (length < content.Length && belongs((char)content[length]))
            length++;
        return length;
    }

    private static int Copy(ArrayBufferWriter<byte> output, byte value)
    {
        if (value is (byte)'@' or (byte)'#')
            Append(output, value);
        Append(output, value);
        return 1;
    }

    private static void Append(ArrayBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static bool IsWordByte(byte value) => char.IsAsciiLetterOrDigit((char)value) || value >= 128;
}
