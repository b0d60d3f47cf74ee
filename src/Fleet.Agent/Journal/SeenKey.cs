using System.Buffers.Binary;
using System.Text;
using Fleet.Protocol.Identifiers;

namespace Fleet.Agent.Journal;

/// <summary>A task id in 16 bytes, for lists of many: the job's second, its random characters, the ordinal.</summary>
internal readonly record struct SeenKey(long Second, uint Random, int Ordinal)
{
    public static SeenKey Of(TaskId id)
    {
        Span<byte> text = stackalloc byte[64];
        var length = Encoding.ASCII.GetBytes(id.Job.ToString(), text);
        // The last four characters are the random part: exactly 32 bits of ASCII.
        return new SeenKey(id.Job.CreatedAt.ToUnixTimeSeconds(), BinaryPrimitives.ReadUInt32BigEndian(text[(length - 4)..length]), id.Ordinal);
    }
}
