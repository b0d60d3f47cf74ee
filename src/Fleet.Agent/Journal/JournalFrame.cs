using System.Buffers.Binary;

namespace Fleet.Agent.Journal;

/// <summary>What a frame of a task's journal file holds.</summary>
internal enum FrameKind : byte
{
    /// <summary>The file's first frame: a <see cref="TaskLogHeader"/>.</summary>
    Header = 1,

    /// <summary>A serialized TaskRecord.</summary>
    Record = 2,

    /// <summary>A process that was started for the task: a <see cref="TaskLeader"/>.</summary>
    Leader = 3,
}

/// <summary>
/// The head of a frame, little endian: length of the payload (4 bytes), CRC-32C over all that follows it (4), kind (1),
/// sequence number of the record or 0 (8). The payload comes after it.
/// </summary>
/// <param name="PayloadBytes">Length of the payload.</param>
/// <param name="Checksum">CRC-32C of the length, the kind, the sequence number and the payload.</param>
/// <param name="Kind">What the payload is.</param>
/// <param name="Seq">The record's sequence number.</param>
internal readonly record struct JournalFrame(int PayloadBytes, uint Checksum, FrameKind Kind, ulong Seq)
{
    /// <summary>Length of the head.</summary>
    public const int HeadBytes = 17;

    /// <summary>No payload is longer: a chunk of output and what surrounds it. Whatever claims more is damage.</summary>
    public const int MaxPayloadBytes = 128 * 1024;

    private const int ChecksumOffset = 4;
    private const int KindOffset = 8;
    private const int SeqOffset = 9;

    /// <summary>Writes the head in front of a payload that already stands at <see cref="HeadBytes"/>.</summary>
    public static void Seal(Span<byte> frame, FrameKind kind, ulong seq)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - HeadBytes);
        frame[KindOffset] = (byte)kind;
        BinaryPrimitives.WriteUInt64LittleEndian(frame[SeqOffset..], seq);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumOffset..], Sum(frame));
    }

    /// <summary>Reads a head; false where the bytes cannot be one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> head, out JournalFrame frame)
    {
        frame = default;
        if (head.Length < HeadBytes)
            return false;
        frame = new JournalFrame(
            BinaryPrimitives.ReadInt32LittleEndian(head),
            BinaryPrimitives.ReadUInt32LittleEndian(head[ChecksumOffset..]),
            (FrameKind)head[KindOffset],
            BinaryPrimitives.ReadUInt64LittleEndian(head[SeqOffset..]));
        return frame.PayloadBytes is >= 0 and <= MaxPayloadBytes && frame.Kind is >= FrameKind.Header and <= FrameKind.Leader;
    }

    /// <summary>Whether head and payload, side by side, are what was written.</summary>
    public bool IsIntact(ReadOnlySpan<byte> frame) => frame.Length == HeadBytes + PayloadBytes && Sum(frame) == Checksum;

    private static uint Sum(ReadOnlySpan<byte> frame)
    {
        var sum = Crc32C.Add(Crc32C.Start, frame[..ChecksumOffset]);
        return ~Crc32C.Add(sum, frame[KindOffset..]);
    }
}
