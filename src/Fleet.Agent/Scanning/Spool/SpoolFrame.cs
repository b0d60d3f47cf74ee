using System.Buffers.Binary;
using Fleet.Agent.Journal;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Scanning.Spool;

/// <summary>
/// A frame of a segment, little endian: length of the payload (4 bytes), CRC-32C of the payload (4), the payload. It is written at once, so it is there whole or not at all.
/// </summary>
internal static class SpoolFrame
{
    public const int HeadBytes = 8;

    /// <summary>Whatever claims more is damage.</summary>
    public const int MaxPayloadBytes = 256 * 1024 * 1024;

    /// <summary>Puts a head before a payload.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeadBytes + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Crc32C.Of(payload));
        payload.CopyTo(frame.AsSpan(HeadBytes));
        return frame;
    }

    /// <summary>Reads a payload; null where there is none, or none that is whole.</summary>
    public static byte[]? Read(SafeFileHandle file, long offset, long end)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        if (offset + HeadBytes > end || RandomAccess.Read(file, head, offset) < HeadBytes)
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 0 or > MaxPayloadBytes || offset + HeadBytes + length > end)
            return null;
        var payload = new byte[length];
        var read = 0;
        while (read < length && RandomAccess.Read(file, payload.AsSpan(read), offset + HeadBytes + read) is var more and > 0)
            read += more;
        return read == length && Crc32C.Of(payload) == BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) ? payload : null;
    }
}
