using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fleet.LogSearch.Matching;

/// <summary>Looks for one literal by the two of its bytes that are rarest in logs, 32 or 16 places at a time.</summary>
/// <remarks>The framework's own search takes the first byte and a differing last one, which in logs are often the commonest.</remarks>
internal sealed class SingleLiteralSearcher : LiteralSearcher
{
    private readonly Literal _literal;
    private readonly int _first;
    private readonly int _second;

    public SingleLiteralSearcher(Literal literal)
    {
        _literal = literal;
        int[] byRarity = new int[literal.Length];
        int[] commonness = new int[literal.Length];
        for (int i = 0; i < byRarity.Length; i++)
        {
            byRarity[i] = i;
            commonness[i] = -Rarity(literal, i);
        }

        Array.Sort(commonness, byRarity);
        _first = byRarity[0];
        // A second byte that differs from the first tells more than the same byte again ("oom": o and m).
        _second = Array.FindIndex(byRarity, i => literal.Folded[i] != literal.Folded[_first]) is > 0 and var other ? byRarity[other] : byRarity[^1];
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
        if (Avx2.IsSupported)
        {
            int found = IndexOf256(text, places, ref at);
            if (found >= 0)
            {
                return found;
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            int found = IndexOf128(text, places, ref at);
            if (found >= 0)
            {
                return found;
            }
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

    private int IndexOf256(ReadOnlySpan<byte> text, int places, ref int at)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        Vector256<byte> firstMask = Vector256.Create(_literal.Mask[_first]), firstByte = Vector256.Create(_literal.Folded[_first]);
        Vector256<byte> secondMask = Vector256.Create(_literal.Mask[_second]), secondByte = Vector256.Create(_literal.Folded[_second]);
        ref byte firstStart = ref Unsafe.Add(ref start, _first);
        ref byte secondStart = ref Unsafe.Add(ref start, _second);
        int i = at;
        // Two vectors a turn, tested together: the test, not the comparison, is what costs.
        for (; i <= places - (2 * Vector256<byte>.Count); i += 2 * Vector256<byte>.Count)
        {
            nuint next = (nuint)i + (nuint)Vector256<byte>.Count;
            Vector256<byte> both = Avx2.CompareEqual(Vector256.LoadUnsafe(ref firstStart, (nuint)i) | firstMask, firstByte)
                & Avx2.CompareEqual(Vector256.LoadUnsafe(ref secondStart, (nuint)i) | secondMask, secondByte);
            Vector256<byte> bothNext = Avx2.CompareEqual(Vector256.LoadUnsafe(ref firstStart, next) | firstMask, firstByte)
                & Avx2.CompareEqual(Vector256.LoadUnsafe(ref secondStart, next) | secondMask, secondByte);
            if (Avx2.MoveMask(both | bothNext) == 0)
            {
                continue;
            }

            int found = Confirm(text, i, (uint)Avx2.MoveMask(both));
            found = found >= 0 ? found : Confirm(text, (int)next, (uint)Avx2.MoveMask(bothNext));
            if (found >= 0)
            {
                return found;
            }
        }

        at = i;
        return -1;
    }

    private int IndexOf128(ReadOnlySpan<byte> text, int places, ref int at)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        Vector128<byte> firstMask = Vector128.Create(_literal.Mask[_first]), firstByte = Vector128.Create(_literal.Folded[_first]);
        Vector128<byte> secondMask = Vector128.Create(_literal.Mask[_second]), secondByte = Vector128.Create(_literal.Folded[_second]);
        int i = at;
        for (; i <= places - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            Vector128<byte> first = Vector128.LoadUnsafe(ref start, (nuint)(i + _first)) | firstMask;
            Vector128<byte> second = Vector128.LoadUnsafe(ref start, (nuint)(i + _second)) | secondMask;
            uint bits = (Vector128.Equals(first, firstByte) & Vector128.Equals(second, secondByte)).ExtractMostSignificantBits();
            if (bits != 0 && Confirm(text, i, bits) is var found and >= 0)
            {
                return found;
            }
        }

        at = i;
        return -1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Confirm(ReadOnlySpan<byte> text, int block, uint bits)
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
