using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a serializer puts one message.</summary>
public abstract class SerializationContext
{
    /// <summary>Ends the message with bytes made elsewhere. Not to be mixed with <see cref="GetBufferWriter" />.</summary>
    public virtual void Complete(byte[] payload) => throw new NotSupportedException();

    /// <summary>A writer straight into the outgoing buffer; <see cref="Complete()" /> ends the message.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotSupportedException();

    /// <summary>Tells the size in bytes before writing, which saves a copy. Exactly that many must follow.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>Ends a message written to <see cref="GetBufferWriter" />.</summary>
    public virtual void Complete() => throw new NotSupportedException();
}
