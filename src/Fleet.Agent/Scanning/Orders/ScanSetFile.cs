using System.Buffers.Binary;
using Fleet.Agent.Journal;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Agent.Scanning.Orders;

/// <summary>The agent's set of scans on disk, by which it goes on while the controller is away: a checksum, then the message.</summary>
internal sealed class ScanSetFile(string path)
{
    private const int SumBytes = 4;

    /// <summary>Reads it; null where there is none, or none that is whole.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ScanSet? Read()
    {
        if (!File.Exists(path))
            return null;
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < SumBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Crc32C.Of(bytes.AsSpan(SumBytes)))
            return null;
        try
        {
            return ScanSet.Parser.ParseFrom(bytes.AsSpan(SumBytes));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>Writes it so that after a crash at any moment there is either this set or the one before.</summary>
    /// <exception cref="IOException">The one before stands.</exception>
    public void Write(ScanSet set)
    {
        var bytes = new byte[SumBytes + set.CalculateSize()];
        set.WriteTo(bytes.AsSpan(SumBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Crc32C.Of(bytes.AsSpan(SumBytes)));
        WholeFile.Write(path, file => file.Write(bytes));
    }
}
