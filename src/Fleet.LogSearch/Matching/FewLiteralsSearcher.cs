using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fleet.LogSearch.Matching;

/// <summary>Looks for a few literals, each by the two of its bytes that are rarest in logs, 64 places at a time.</summary>
/// <remarks>
/// For programs that cannot count on a byte shuffle, which <see cref="ManyLiteralsSearcher"/> lives on: what is compiled ahead for size, as the
/// agent is, keeps to what every x64 processor has. Its cost grows with the number of literals.
/// </remarks>
internal sealed class FewLiteralsSearcher : LiteralSearcher
{
    /// <summary>With more, one table look-up a byte is quicker.</summary>
    public const int MostLiterals = 16;

    private const int BlockBytes = 64;

    private readonly Literal[] _literals;
    private readonly Probe[] _probes;
    private readonly int _longest;

    public FewLiteralsSearcher(Literal[] literals)
    {
        _literals = literals;
        _probes = Array.ConvertAll(literals, literal => new Probe(literal));
        foreach (Literal literal in literals)
        {
            _longest = Math.Max(_longest, literal.Length);
        }
    }

    public override int IndexOf(ReadOnlySpan<byte> text, out int length)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        int last = text.Length - BlockBytes - _longest;
        int at = 0;
        while ((at = SkipBlocks(ref start, at, last, out ulong bits)) <= last)
        {
            for (; bits != 0; bits &= bits - 1)
            {
                int place = at + BitOperations.TrailingZeroCount(bits);
                if (StandsAt(text[place..], out length))
                {
                    return place;
                }
            }

            at += BlockBytes;
        }

        for (; at < text.Length; at++)
        {
            if (StandsAt(text[at..], out length))
            {
                return at;
            }
        }

        length = 0;
        return -1;
    }

    /// <summary>Passes over blocks in which nothing is found. There is no call in its loop: it would have all vectors stored and loaded again.</summary>
    /// <returns>A block with places where both bytes of a literal are found, told by <paramref name="bits"/>; beyond <paramref name="last"/> where there is none.</returns>
    private int SkipBlocks(ref byte start, int i, int last, out ulong bits)
    {
        ReadOnlySpan<Probe> probes = _probes;
        for (; i <= last; i += BlockBytes)
        {
            Vector128<byte> any0 = Vector128<byte>.Zero, any1 = any0, any2 = any0, any3 = any0;
            foreach (ref readonly Probe probe in probes)
            {
                ref byte first = ref Unsafe.Add(ref start, i + probe.First);
                ref byte second = ref Unsafe.Add(ref start, i + probe.Second);
                Vector128<byte> firstMask = probe.FirstMask, firstByte = probe.FirstByte, secondMask = probe.SecondMask, secondByte = probe.SecondByte;
                any0 |= Vector128.Equals(Vector128.LoadUnsafe(ref first) | firstMask, firstByte)
                    & Vector128.Equals(Vector128.LoadUnsafe(ref second) | secondMask, secondByte);
                any1 |= Vector128.Equals(Vector128.LoadUnsafe(ref first, 16) | firstMask, firstByte)
                    & Vector128.Equals(Vector128.LoadUnsafe(ref second, 16) | secondMask, secondByte);
                any2 |= Vector128.Equals(Vector128.LoadUnsafe(ref first, 32) | firstMask, firstByte)
                    & Vector128.Equals(Vector128.LoadUnsafe(ref second, 32) | secondMask, secondByte);
                any3 |= Vector128.Equals(Vector128.LoadUnsafe(ref first, 48) | firstMask, firstByte)
                    & Vector128.Equals(Vector128.LoadUnsafe(ref second, 48) | secondMask, secondByte);
            }

            if ((any0 | any1 | any2 | any3).ExtractMostSignificantBits() != 0)
            {
                bits = any0.ExtractMostSignificantBits() | ((ulong)any1.ExtractMostSignificantBits() << 16)
                    | ((ulong)any2.ExtractMostSignificantBits() << 32) | ((ulong)any3.ExtractMostSignificantBits() << 48);
                return i;
            }
        }

        bits = 0;
        return i;
    }

    private bool StandsAt(ReadOnlySpan<byte> text, out int length)
    {
        foreach (Literal literal in _literals)
        {
            if (literal.StartsAt(text))
            {
                length = literal.Length;
                return true;
            }
        }

        length = 0;
        return false;
    }

    /// <summary>Where a literal's two bytes stand in it, and what they are.</summary>
    private readonly struct Probe
    {
        public readonly int First;
        public readonly int Second;
        public readonly Vector128<byte> FirstMask;
        public readonly Vector128<byte> FirstByte;
        public readonly Vector128<byte> SecondMask;
        public readonly Vector128<byte> SecondByte;

        public Probe(Literal literal)
        {
            (First, Second) = SingleLiteralSearcher.RarestBytes(literal);
            (FirstMask, FirstByte) = (Vector128.Create(literal.Mask[First]), Vector128.Create(literal.Folded[First]));
            (SecondMask, SecondByte) = (Vector128.Create(literal.Mask[Second]), Vector128.Create(literal.Folded[Second]));
        }
    }
}
