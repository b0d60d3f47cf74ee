using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Fleet.LogSearch.Matching;

/// <summary>Looks for many literals in one pass over the bytes, 32 or 16 places at a time.</summary>
/// <remarks>
/// The method is the one known as Teddy (from Intel's Hyperscan): each literal lends up to three neighboring bytes as its fingerprint and
/// belongs to one of eight buckets; two table look-ups per byte, by its low and its high half, tell which buckets that byte may belong to.
/// Here the fingerprint is the literal's rarest stretch, not its start, and a letter whose case is ignored simply fills two table places.
/// </remarks>
internal sealed class ManyLiteralsSearcher : LiteralSearcher
{
    private const int Buckets = 8;

    private readonly (Literal Literal, int Offset)[][] _buckets = new (Literal, int)[Buckets][];
    private readonly Vector128<byte>[] _low = new Vector128<byte>[3];
    private readonly Vector128<byte>[] _high = new Vector128<byte>[3];
    private readonly byte[] _scalar = new byte[256];
    private readonly int _width;

    /// <summary>Whether the processor's byte shuffle can be counted on; without it each byte is looked up by itself.</summary>
    public static bool HasShuffle => Ssse3.IsSupported || AdvSimd.Arm64.IsSupported;

    public ManyLiteralsSearcher(IReadOnlyList<Literal> literals)
    {
        _width = Math.Min(3, literals.Min(literal => literal.Length));
        var chosen = new (Literal Literal, int Offset)[literals.Count];
        for (int i = 0; i < chosen.Length; i++)
        {
            chosen[i] = (literals[i], RarestStretch(literals[i], _width));
        }

        Array.Sort(chosen, (a, b) => a.Literal.Folded[a.Offset].CompareTo(b.Literal.Folded[b.Offset]));
        var low = new byte[3 * 16];
        var high = new byte[3 * 16];
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            // Neighbors in order share bytes, so they share a bucket: fewer false alarms than dealing them out in turn.
            _buckets[bucket] = chosen[FirstOf(bucket, chosen.Length)..FirstOf(bucket + 1, chosen.Length)];
            foreach ((Literal literal, int offset) in _buckets[bucket])
            {
                for (int i = 0; i < _width; i++)
                {
                    Admit(literal.Folded[offset + i], 1 << bucket, i, low, high);
                    if (literal.Mask[offset + i] != 0)
                    {
                        Admit((byte)(literal.Folded[offset + i] & ~0x20), 1 << bucket, i, low, high);
                    }
                }
            }
        }

        for (int i = 0; i < 3; i++)
        {
            // Beyond the width every byte is admitted.
            _low[i] = i < _width ? Vector128.Create(low, i * 16) : Vector128<byte>.AllBitsSet;
            _high[i] = i < _width ? Vector128.Create(high, i * 16) : Vector128<byte>.AllBitsSet;
        }
    }

    public override int IndexOf(ReadOnlySpan<byte> text, out int length)
    {
        int places = text.Length - _width + 1;
        int at = 0;
        int found = -1;
        length = 0;
        if (Avx2.IsSupported)
        {
            found = IndexOf256(text, places, ref at, ref length);
        }
        else if (Ssse3.IsSupported || AdvSimd.Arm64.IsSupported)
        {
            found = IndexOf128(text, places, ref at, ref length);
        }

        if (found >= 0)
        {
            return found;
        }

        for (; at < places; at++)
        {
            byte buckets = _scalar[text[at]];
            if (buckets != 0 && Confirm(text, at, buckets, out length) is var start and >= 0)
            {
                return start;
            }
        }

        return -1;
    }

    private static int FirstOf(int bucket, int literals) => ((bucket * literals) + Buckets - 1) / Buckets;

    private static int RarestStretch(Literal literal, int width)
    {
        int rarest = 0;
        int most = int.MinValue;
        for (int start = 0; start + width <= literal.Length; start++)
        {
            int rarity = 0;
            for (int i = start; i < start + width; i++)
            {
                rarity += ByteRarity.Of(literal.Folded[i]) - (literal.Mask[i] == 0 ? 0 : 20);
            }

            if (rarity > most)
            {
                (rarest, most) = (start, rarity);
            }
        }

        return rarest;
    }

    private void Admit(byte value, int bucket, int position, byte[] low, byte[] high)
    {
        low[(position * 16) + (value & 15)] |= (byte)bucket;
        high[(position * 16) + (value >> 4)] |= (byte)bucket;
        if (position == 0)
        {
            _scalar[value] |= (byte)bucket;
        }
    }

    private int IndexOf256(ReadOnlySpan<byte> text, int places, ref int at, ref int length)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        Vector256<byte> low0 = Vector256.Create(_low[0], _low[0]), high0 = Vector256.Create(_high[0], _high[0]);
        Vector256<byte> low1 = Vector256.Create(_low[1], _low[1]), high1 = Vector256.Create(_high[1], _high[1]);
        Vector256<byte> low2 = Vector256.Create(_low[2], _low[2]), high2 = Vector256.Create(_high[2], _high[2]);
        Vector256<byte> nibble = Vector256.Create((byte)15);
        int i = at;
        // The loads at +1 and +2 stay inside the text: the last two places are left to the scalar tail.
        for (; i <= places - Vector256<byte>.Count - 2; i += Vector256<byte>.Count)
        {
            Vector256<byte> buckets = Look256(Vector256.LoadUnsafe(ref start, (nuint)i), low0, high0, nibble)
                & Look256(Vector256.LoadUnsafe(ref start, (nuint)i + 1), low1, high1, nibble)
                & Look256(Vector256.LoadUnsafe(ref start, (nuint)i + 2), low2, high2, nibble);
            if (!Avx.TestZ(buckets, buckets))
            {
                uint places32 = ~(uint)Avx2.MoveMask(Avx2.CompareEqual(buckets, Vector256<byte>.Zero));
                int found = ConfirmBlock(text, i, places32, buckets.GetLower(), buckets.GetUpper(), out length);
                if (found >= 0)
                {
                    return found;
                }
            }
        }

        at = i;
        return -1;
    }

    private int IndexOf128(ReadOnlySpan<byte> text, int places, ref int at, ref int length)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        int i = at;
        int last = places - Vector128<byte>.Count - 2;
        while ((i = SkipBlocks(ref start, i, last, out Vector128<byte> buckets)) <= last)
        {
            uint places16 = ~Vector128.Equals(buckets, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xFFFF;
            int found = ConfirmBlock(text, i, places16, buckets, Vector128<byte>.Zero, out length);
            if (found >= 0)
            {
                return found;
            }

            i += Vector128<byte>.Count;
        }

        at = i;
        return -1;
    }

    /// <summary>Passes over blocks in which nothing is found. Without a call in its loop, before and behind which all tables would be stored and loaded again.</summary>
    /// <returns>A block with places that belong to <paramref name="buckets"/>; beyond <paramref name="last"/> where there is none.</returns>
    private int SkipBlocks(ref byte start, int i, int last, out Vector128<byte> buckets)
    {
        Vector128<byte> nibble = Vector128.Create((byte)15);
        Vector128<byte> low0 = _low[0], low1 = _low[1], low2 = _low[2], high0 = _high[0], high1 = _high[1], high2 = _high[2];
        for (; i <= last; i += Vector128<byte>.Count)
        {
            Vector128<byte> found = Look128(Vector128.LoadUnsafe(ref start, (nuint)i), low0, high0, nibble)
                & Look128(Vector128.LoadUnsafe(ref start, (nuint)i + 1), low1, high1, nibble)
                & Look128(Vector128.LoadUnsafe(ref start, (nuint)i + 2), low2, high2, nibble);
            if (Vector128.Equals(found, Vector128<byte>.Zero).ExtractMostSignificantBits() != 0xFFFF)
            {
                buckets = found;
                return i;
            }
        }

        buckets = default;
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Look256(Vector256<byte> text, Vector256<byte> low, Vector256<byte> high, Vector256<byte> nibble) =>
        Avx2.Shuffle(low, text & nibble) & Avx2.Shuffle(high, Avx2.ShiftRightLogical(text.AsUInt16(), 4).AsByte() & nibble);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Look128(Vector128<byte> text, Vector128<byte> low, Vector128<byte> high, Vector128<byte> nibble)
    {
        Vector128<byte> upper = Vector128.ShiftRightLogical(text, 4);
        return Ssse3.IsSupported
            ? Ssse3.Shuffle(low, text & nibble) & Ssse3.Shuffle(high, upper)
            : AdvSimd.Arm64.VectorTableLookup(low, text & nibble) & AdvSimd.Arm64.VectorTableLookup(high, upper);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ConfirmBlock(ReadOnlySpan<byte> text, int block, uint bits, Vector128<byte> lower, Vector128<byte> upper, out int length)
    {
        for (; bits != 0; bits &= bits - 1)
        {
            int place = BitOperations.TrailingZeroCount(bits);
            byte buckets = place < 16 ? lower.GetElement(place) : upper.GetElement(place - 16);
            int found = Confirm(text, block + place, buckets, out length);
            if (found >= 0)
            {
                return found;
            }
        }

        length = 0;
        return -1;
    }

    private int Confirm(ReadOnlySpan<byte> text, int place, byte buckets, out int length)
    {
        for (uint left = buckets; left != 0; left &= left - 1)
        {
            foreach ((Literal literal, int offset) in _buckets[BitOperations.TrailingZeroCount(left)])
            {
                int start = place - offset;
                if (start >= 0 && literal.StartsAt(text[start..]))
                {
                    length = literal.Length;
                    return start;
                }
            }
        }

        length = 0;
        return -1;
    }
}
