using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>
/// Serializes messages straight into the response's pipe where their size is told beforehand, as generated code does, and
/// by way of a rented buffer where it is not or where they are compressed.
/// </summary>
internal sealed class ResponseFrame(PipeWriter pipe, int? maxBytes) : SerializationContext, IBufferWriter<byte>
{
    private OutgoingMessage? _gathered;
    private int? _declaredLength;
    private int _writtenBytes;
    private bool _complete;
    private bool _gathering;

    /// <summary>Whether a serializer failed after its message's header was in the pipe.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Writes a message, and returns the bytes it takes with its header.</summary>
    public int Write<T>(T message, Action<T, SerializationContext> serializer, bool compress)
    {
        _declaredLength = null;
        _writtenBytes = 0;
        _complete = _gathering = false;
        if (compress)
            return WriteGathered(message, serializer);

        serializer(message, this);
        return _complete
            ? FrameHeader.Size + _writtenBytes
            : throw new InvalidOperationException("The serializer returned without completing the message.");
    }

    public override void SetPayloadLength(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        ThrowIfTooLarge(payloadLength);
        _declaredLength = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_declaredLength is { } length)
        {
            if (!IsBroken)
                WriteHeader(length);

            return this;
        }

        _gathering = true;
        return Gathered.GetBufferWriter();
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        ThrowIfTooLarge(payload.Length);
        _declaredLength = payload.Length;
        WriteHeader(payload.Length);
        pipe.Write(payload);
        _writtenBytes = payload.Length;
        Complete();
    }

    public override void Complete()
    {
        if (_gathering)
        {
            using var gathered = Gathered;
            gathered.Complete();
            pipe.Write(gathered.Frame.Span);
            _writtenBytes = gathered.Payload.Length;
        }
        else if (_declaredLength is not { } declared || declared != _writtenBytes)
        {
            throw new InvalidOperationException($"The serializer announced {_declaredLength} bytes and wrote {_writtenBytes}.");
        }

        IsBroken = false;
        _complete = true;
    }

    public void Advance(int count)
    {
        if (count > _declaredLength - _writtenBytes)
            throw new InvalidOperationException($"The serializer announced {_declaredLength} bytes and writes more.");

        pipe.Advance(count);
        _writtenBytes += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => pipe.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => pipe.GetSpan(sizeHint);

    private OutgoingMessage Gathered => _gathered ??= new OutgoingMessage(maxBytes);

    private int WriteGathered<T>(T message, Action<T, SerializationContext> serializer)
    {
        using var gathered = Gathered;
        gathered.Fill(message, serializer, compress: true);
        pipe.Write(gathered.Frame.Span);
        return gathered.Frame.Length;
    }

    private void WriteHeader(int length)
    {
        IsBroken = true;
        new FrameHeader(IsCompressed: false, length).Write(pipe.GetSpan(FrameHeader.Size));
        pipe.Advance(FrameHeader.Size);
    }

    private void ThrowIfTooLarge(int length)
    {
        if (length > maxBytes)
            throw FrameHeader.TooLarge(length, maxBytes.Value);
    }
}
