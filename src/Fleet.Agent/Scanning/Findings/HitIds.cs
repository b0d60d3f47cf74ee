using System.Buffers.Binary;
using Fleet.LogSearch.Scans;
using Google.Protobuf;

namespace Fleet.Agent.Scanning.Findings;

/// <summary>Identities on the wire: sixteen bytes.</summary>
internal static class HitIds
{
    public static ByteString ToMessage(HitId id) => UnsafeByteOperations.UnsafeWrap(id.ToBytes());

    public static HitId Read(ByteString id) => id.Length == HitId.Bytes
        ? new HitId(BinaryPrimitives.ReadUInt64BigEndian(id.Span), BinaryPrimitives.ReadUInt64BigEndian(id.Span[8..]))
        : default;
}
