using System.Buffers.Binary;
using Google.Protobuf;

namespace Fleet.Security.Client;

/// <summary>gRPC's frames: one byte that says whether the message is compressed, four of length, the message.</summary>
internal static class Frames
{
    public const int HeaderBytes = 5;
    private const int LargestMessage = 16 << 20;

    public static byte[] Of(IMessage message) => Of(message.ToByteArray());

    public static byte[] Of(ReadOnlySpan<byte> message, byte flag = 0, int? length = null)
    {
        var frame = new byte[HeaderBytes + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length ?? message.Length);
        message.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    /// <summary>The next message of a stream; null at its end.</summary>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderBytes];
        if (await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellationToken) < HeaderBytes)
            return null;
        var length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1));
        if (length is < 0 or > LargestMessage)
            throw new InvalidDataException($"a message of {length} bytes was announced");
        var message = new byte[length];
        await stream.ReadExactlyAsync(message, cancellationToken);
        return message;
    }
}
