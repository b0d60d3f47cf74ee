using System.Buffers.Binary;

namespace Fleet.Agent.Journal;

/// <summary>The first process of a step: with its start time it names a process for good, which a pid alone does not.</summary>
/// <param name="ProcessId">Its pid.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot (field 22 of /proc/PID/stat).</param>
internal readonly record struct TaskLeader(int ProcessId, long StartTicks)
{
    private const int Bytes = 12;

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, ProcessId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4), StartTicks);
        return bytes;
    }

    /// <summary>Reads a payload; null where it is of another form.</summary>
    public static TaskLeader? Read(ReadOnlySpan<byte> bytes) => bytes.Length != Bytes
        ? null
        : new TaskLeader(
            BinaryPrimitives.ReadInt32LittleEndian(bytes),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[4..]));
}
