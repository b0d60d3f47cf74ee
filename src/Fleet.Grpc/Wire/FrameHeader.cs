using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>The five bytes before each message (PROTOCOL-HTTP2, Length-Prefixed-Message): a flag and a big-endian length.</summary>
internal readonly record struct FrameHeader(bool IsCompressed, int Length)
{
    public const int Size = 5;

    /// <summary>Reads a header, refusing what no peer may send before any memory is set aside for it.</summary>
    public static FrameHeader Parse(ReadOnlySpan<byte> bytes, int? maxBytes)
    {
        var flag = bytes[0];
        if (flag > 1)
            throw Refused(StatusCode.Internal, $"The message's first byte is 0x{flag:x2}; only 0 and 1 are defined.");

        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        var limit = maxBytes ?? Array.MaxLength;
        if (length > limit)
            throw TooLarge(length, limit);

        return new FrameHeader(flag == 1, (int)length);
    }

    /// <summary>Takes the next whole message off the front of what has arrived; false while it is incomplete.</summary>
    public static bool TryTake(
        ref ReadOnlySequence<byte> arrived, int? maxBytes, out FrameHeader header, out ReadOnlySequence<byte> payload)
    {
        header = default;
        payload = default;
        if (arrived.Length < Size)
            return false;

        if (arrived.FirstSpan.Length >= Size)
        {
            header = Parse(arrived.FirstSpan[..Size], maxBytes);
        }
        else
        {
            Span<byte> bytes = stackalloc byte[Size];
            arrived.Slice(0, Size).CopyTo(bytes);
            header = Parse(bytes, maxBytes);
        }

        if (arrived.Length - Size < header.Length)
            return false;

        payload = arrived.Slice(Size, header.Length);
        arrived = arrived.Slice(payload.End);
        return true;
    }

    public void Write(Span<byte> destination)
    {
        destination[0] = IsCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)Length);
    }

    public static RpcException Truncated() => Refused(StatusCode.Internal, "The stream ended in the middle of a message.");

    public static RpcException TooLarge(long length, int limit) =>
        Refused(StatusCode.ResourceExhausted, $"A message of {length} bytes exceeds the limit of {limit} bytes.");

    private static RpcException Refused(StatusCode code, string detail) => new(new Status(code, detail));
}
