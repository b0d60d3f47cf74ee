using System.Buffers.Binary;

namespace Fleet.LogSearch.Journal;

/// <summary>Decodes one LZ4 block, as described in lz4_Block_format.md.</summary>
internal static class Lz4Block
{
    private const int ShortestMatch = 4;

    /// <summary>Fills the target exactly; false when the block is damaged.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> block, Span<byte> target)
    {
        int read = 0, written = 0;
        while (read < block.Length)
        {
            int token = block[read++];
            if (!TryLength(block, ref read, token >> 4, out int literals)
                || literals > block.Length - read || literals > target.Length - written)
            {
                return false;
            }

            block.Slice(read, literals).CopyTo(target[written..]);
            read += literals;
            written += literals;
            if (read == block.Length)
            {
                break;
            }

            if (block.Length - read < 2)
            {
                return false;
            }

            int distance = BinaryPrimitives.ReadUInt16LittleEndian(block[read..]);
            read += 2;
            if (!TryLength(block, ref read, token & 15, out int length) || distance == 0 || distance > written
                || length + ShortestMatch > target.Length - written)
            {
                return false;
            }

            // A match may reach into what it writes, so it goes byte by byte.
            for (int end = written + length + ShortestMatch; written < end; written++)
            {
                target[written] = target[written - distance];
            }
        }

        return written == target.Length;
    }

    private static bool TryLength(ReadOnlySpan<byte> block, ref int read, int nibble, out int length)
    {
        length = nibble;
        for (byte more = 255; nibble == 15 && more == 255; length += more)
        {
            if (read >= block.Length || length > int.MaxValue / 2)
            {
                return false;
            }

            more = block[read++];
        }

        return true;
    }
}
