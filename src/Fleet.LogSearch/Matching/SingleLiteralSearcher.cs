using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fleet.LogSearch.Matching;

/// <summary>Looks for one literal by the two of its bytes that are rarest in logs, 64 places at a time.</summary>
/// <remarks>The framework's own search takes the first byte and a differing last one, which in logs are often the commonest.</remarks>
internal sealed class SingleLiteralSearcher : LiteralSearcher
{
    private const int BlockBytes = 64;

    private readonly Literal _literal;
    private readonly int _first;
    private readonly int _second;

    public SingleLiteralSearcher(Literal literal)
    {
        _literal = literal;
        (_first, _second) = RarestBytes(literal);
    }

    /// <summary>Where the two bytes stand that are rarest in logs.</summary>
    public static (int First, int Second) RarestBytes(Literal literal)
    {
        int[] byRarity = new int[literal.Length];
        int[] commonness = new int[literal.Length];
        for (int i = 0; i < byRarity.Length; i++)
        {
            byRarity[i] = i;
            commonness[i] = -Rarity(literal, i);
        }

        Array.Sort(commonness, byRarity);
        int first = byRarity[0];
        // A second byte that differs from the first tells more than the same byte again ("oom": o and m).
        return (first, Array.FindIndex(byRarity, i => literal.Folded[i] != literal.Folded[first]) is > 0 and var other ? byRarity[other] : byRarity[^1]);
    }

    public override int IndexOf(ReadOnlySpan<byte> text, out int length)
    {
        length = _literal.Length;
        int places = text.Length - length + 1;
        if (places <= 0)
        {
            return -1;
        }

        int at = 0;
        int found = IndexOfBlocks(text, places, ref at);
        if (found >= 0)
        {
            return found;
        }

        for (; at < places; at++)
        {
            if (_literal.StartsAt(text[at..]))
            {
                return at;
            }
        }

        return -1;
    }

    private static int Rarity(Literal literal, int i)
    {
        int rarity = ByteRarity.Of(literal.Folded[i]);
        return literal.Mask[i] == 0 ? rarity : Math.Min(rarity, ByteRarity.Of((byte)(literal.Folded[i] & ~0x20)));
    }

    private int IndexOfBlocks(ReadOnlySpan<byte> text, int places, ref int at)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        int i = at;
        int last = places - BlockBytes;
        while ((i = SkipBlocks(ref start, i, last, out ulong bits)) <= last)
        {
            int found = Confirm(text, i, bits);
            if (found >= 0)
            {
                return found;
            }

            i += BlockBytes;
        }

        at = i;
        return -1;
    }

    /// <summary>Passes over blocks in which nothing is found.</summary>
    /// <remarks>
    /// A method of its own without a call in its loop: a call would have all vectors stored and loaded again at each turn. Vectors are no wider than
    /// programs compiled ahead can count on.
    /// </remarks>
    /// <returns>A block with places where both bytes are found, told by <paramref name="bits"/>; beyond <paramref name="last"/> where there is none.</returns>
    private int SkipBlocks(ref byte start, int i, int last, out ulong bits)
    {
        Vector128<byte> firstMask = Vector128.Create(_literal.Mask[_first]), firstByte = Vector128.Create(_literal.Folded[_first]);
        Vector128<byte> secondMask = Vector128.Create(_literal.Mask[_second]), secondByte = Vector128.Create(_literal.Folded[_second]);
        ref byte first = ref Unsafe.Add(ref start, _first);
        ref byte second = ref Unsafe.Add(ref start, _second);
        for (; i <= last; i += BlockBytes)
        {
            Vector128<byte> both0 = Vector128.Equals(Vector128.LoadUnsafe(ref first, (nuint)i) | firstMask, firstByte)
                & Vector128.Equals(Vector128.LoadUnsafe(ref second, (nuint)i) | secondMask, secondByte);
            Vector128<byte> both1 = Vector128.Equals(Vector128.LoadUnsafe(ref first, (nuint)i + 16) | firstMask, firstByte)
                & Vector128.Equals(Vector128.LoadUnsafe(ref second, (nuint)i + 16) | secondMask, secondByte);
            Vector128<byte> both2 = Vector128.Equals(Vector128.LoadUnsafe(ref first, (nuint)i + 32) | firstMask, firstByte)
                & Vector128.Equals(Vector128.LoadUnsafe(ref second, (nuint)i + 32) | secondMask, secondByte);
            Vector128<byte> both3 = Vector128.Equals(Vector128.LoadUnsafe(ref first, (nuint)i + 48) | firstMask, firstByte)
                & Vector128.Equals(Vector128.LoadUnsafe(ref second, (nuint)i + 48) | secondMask, secondByte);
            if ((both0 | both1 | both2 | both3).ExtractMostSignificantBits() != 0)
            {
                bits = both0.ExtractMostSignificantBits() | ((ulong)both1.ExtractMostSignificantBits() << 16)
                    | ((ulong)both2.ExtractMostSignificantBits() << 32) | ((ulong)both3.ExtractMostSignificantBits() << 48);
                return i;
            }
        }

        bits = 0;
        return i;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Confirm(ReadOnlySpan<byte> text, int block, ulong bits)
    {
        for (; bits != 0; bits &= bits - 1)
        {
            int at = block + BitOperations.TrailingZeroCount(bits);
            if (_literal.StartsAt(text[at..]))
            {
                return at;
            }
        }

        return -1;
    }
}
