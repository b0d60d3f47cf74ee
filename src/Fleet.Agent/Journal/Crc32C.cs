using System.Buffers.Binary;
using System.Numerics;

namespace Fleet.Agent.Journal;

/// <summary>The checksum of what the agent keeps on disk: CRC-32C (Castagnoli), as iSCSI has it (RFC 3720), which processors compute.</summary>
internal static class Crc32C
{
    /// <summary>To begin with.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Add(Start, bytes);

    /// <summary>Takes in more bytes; the complement of the result is the checksum.</summary>
    public static uint Add(uint sum, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes)
            sum = BitOperations.Crc32C(sum, b);
        return sum;
    }
}
