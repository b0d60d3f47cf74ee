using System.Buffers.Binary;
using System.Text;

namespace Fleet.Agent.Journal;

/// <summary>The first frame of a task's file.</summary>
/// <param name="JournalId">The journal the file belongs to.</param>
/// <param name="BootId">The boot of the host in which the task was started.</param>
/// <param name="Mark">A number that the task's processes carry, see the executor; 0 where there is none.</param>
/// <param name="SeenUntil">Until when the task's id is remembered after its end.</param>
internal sealed record TaskLogHeader(string JournalId, string BootId, int Mark, DateTimeOffset SeenUntil)
{
    private const byte Format = 1;
    private const int FixedBytes = 1 + sizeof(int) + sizeof(long);
    private const int MaxTextBytes = 128;

    /// <summary>Payload: format (1 byte), mark (4), time (8, Unix milliseconds), both ids, each after a length byte.</summary>
    public byte[] ToBytes()
    {
        var journal = Encoding.UTF8.GetBytes(JournalId);
        var boot = Encoding.UTF8.GetBytes(BootId);
        if (journal.Length > MaxTextBytes || boot.Length > MaxTextBytes)
            throw new ArgumentException($"an id in a journal header has at most {MaxTextBytes} bytes");
        var bytes = new byte[FixedBytes + 2 + journal.Length + boot.Length];
        bytes[0] = Format;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), Mark);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(5), SeenUntil.ToUnixTimeMilliseconds());
        bytes[FixedBytes] = (byte)journal.Length;
        journal.CopyTo(bytes.AsSpan(FixedBytes + 1));
        bytes[FixedBytes + 1 + journal.Length] = (byte)boot.Length;
        boot.CopyTo(bytes.AsSpan(FixedBytes + 2 + journal.Length));
        return bytes;
    }

    /// <summary>Reads a payload; null where it is of another form.</summary>
    public static TaskLogHeader? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedBytes || bytes[0] != Format)
            return null;
        var mark = BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]);
        var milliseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes[5..]);
        var rest = bytes[FixedBytes..];
        if (!TryTakeText(ref rest, out var journal) || !TryTakeText(ref rest, out var boot))
            return null;
        return milliseconds is >= 0 and < 253402300800000
            ? new TaskLogHeader(journal, boot, mark, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds))
            : null;
    }

    private static bool TryTakeText(ref ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (bytes.IsEmpty || bytes[0] > MaxTextBytes || bytes.Length < 1 + bytes[0])
            return false;
        text = Encoding.UTF8.GetString(bytes.Slice(1, bytes[0]));
        bytes = bytes[(1 + bytes[0])..];
        return true;
    }
}
