using System.Buffers;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>One received message where it lies. Reused from message to message.</summary>
internal sealed class IncomingMessage : DeserializationContext
{
    public ReadOnlySequence<byte> Payload { get; set; }

    public override int PayloadLength => (int)Payload.Length;

    public override byte[] PayloadAsNewBuffer() => Payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => Payload;
}
