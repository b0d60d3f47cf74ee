using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fleet.LogSearch.Scans;

/// <summary>Identifies a line of a log for good: reading it again after a crash gives the same identity.</summary>
/// <param name="High">The first eight bytes.</param>
/// <param name="Low">The others.</param>
public readonly record struct HitId(ulong High, ulong Low)
{
    /// <summary>Length as bytes.</summary>
    public const int Bytes = 16;

    private const int LongestPart = 1024;

    /// <summary>Derives an identity from what a thing is and where it stands, never from when it was read.</summary>
    /// <param name="kind">Keeps lines, gaps and the like apart.</param>
    /// <param name="log">The log, or the scan, it belongs to.</param>
    /// <param name="first">A number of its place.</param>
    /// <param name="second">Another.</param>
    /// <param name="text">Bytes that tell it from others at the same place, should that be used twice; only the first 1024 count.</param>
    public static HitId Of(char kind, string log, ulong first, ulong second, ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, LongestPart)];
        int longest = Encoding.UTF8.GetMaxByteCount(log.Length);
        Span<byte> bytes = longest <= 2 * LongestPart ? stackalloc byte[(3 * LongestPart) + 32] : new byte[longest + LongestPart + 32];
        bytes[0] = (byte)kind;
        int length = 5 + Encoding.UTF8.GetBytes(log, bytes[5..]);
        // The length of the name ends it: no name and place can pass for another name and place.
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[length..], first);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[(length + 8)..], second);
        text.CopyTo(bytes[(length + 16)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..(length + 16 + text.Length)], hash);
        return new HitId(BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash[8..]));
    }

    /// <summary>The same thing seen by another scan.</summary>
    public HitId Within(char kind, string scan) => Of(kind, scan, High, Low, []);

    /// <summary>Its sixteen bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), Low);
        return bytes;
    }
}
