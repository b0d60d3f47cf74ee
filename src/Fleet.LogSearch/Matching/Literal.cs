using System.Text;

namespace Fleet.LogSearch.Matching;

/// <summary>Bytes to find, in which ASCII letters may count in both cases.</summary>
/// <remarks>A byte of the text equals position <c>i</c> when <c>(b | Mask[i]) == Folded[i]</c>: the mask is 0x20 only where a letter's case is ignored.</remarks>
internal sealed class Literal : IEquatable<Literal>
{
    private const byte CaseBit = 0x20;

    private Literal(byte[] folded, byte[] mask)
    {
        Folded = folded;
        Mask = mask;
        FoldsCase = mask.AsSpan().ContainsAnyExcept((byte)0);
    }

    public byte[] Folded { get; }

    public byte[] Mask { get; }

    public bool FoldsCase { get; }

    public int Length => Folded.Length;

    public static Literal Create(string text, bool ignoreCase, LogEncoding encoding)
    {
        byte[] bytes = encoding == LogEncoding.Latin1 ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);
        var mask = new byte[bytes.Length];
        for (int i = 0; ignoreCase && i < bytes.Length; i++)
        {
            if (char.IsAsciiLetter((char)bytes[i]))
            {
                mask[i] = CaseBit;
                bytes[i] |= CaseBit;
            }
        }

        return new Literal(bytes, mask);
    }

    /// <summary>Whether the text has this literal at its very start.</summary>
    public bool StartsAt(ReadOnlySpan<byte> text)
    {
        if (text.Length < Folded.Length)
        {
            return false;
        }

        if (!FoldsCase)
        {
            return text.StartsWith(Folded);
        }

        for (int i = 0; i < Folded.Length; i++)
        {
            if ((text[i] | Mask[i]) != Folded[i])
            {
                return false;
            }
        }

        return true;
    }

    public bool Equals(Literal? other) =>
        other is not null && Folded.AsSpan().SequenceEqual(other.Folded) && Mask.AsSpan().SequenceEqual(other.Mask);

    public override bool Equals(object? obj) => Equals(obj as Literal);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Folded);
        return hash.ToHashCode();
    }
}
