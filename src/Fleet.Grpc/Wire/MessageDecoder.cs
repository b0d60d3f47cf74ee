using System.Buffers;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Turns the payloads of one call's incoming messages into messages.</summary>
internal sealed class MessageDecoder(string? encoding, int? maxBytes)
{
    private readonly IncomingMessage _incoming = new();

    public int? MaxBytes => maxBytes;

    /// <summary>Whether the last message came compressed.</summary>
    public bool LastWasCompressed { get; private set; }

    public T Decode<T>(FrameHeader header, ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
    {
        LastWasCompressed = header.IsCompressed;
        if (!header.IsCompressed)
            return Deserialize(payload, deserializer);

        if (encoding != MessageEncodings.Gzip)
            throw Broken($"A message is compressed but the call's grpc-encoding is '{encoding ?? MessageEncodings.Identity}'.");

        using var inflated = MessageEncodings.Inflate(payload, maxBytes);
        return Deserialize(new ReadOnlySequence<byte>(inflated.Written), deserializer);
    }

    private T Deserialize<T>(ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
    {
        _incoming.Payload = payload;
        try
        {
            return deserializer(_incoming) ?? throw Broken("The message's bytes gave no message.");
        }
        catch (Exception failure) when (failure is not RpcException)
        {
            throw Broken("The message's bytes are no valid message of its type.", failure);
        }
        finally
        {
            _incoming.Payload = default;
        }
    }

    private static RpcException Broken(string detail, Exception? cause = null) => new(new Status(StatusCode.Internal, detail, cause));
}
