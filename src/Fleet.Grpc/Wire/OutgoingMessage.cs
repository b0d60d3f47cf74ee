using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>
/// Gathers one message, its five-byte header included, in a rented buffer. The object is reused from message to message;
/// between them it holds no buffer.
/// </summary>
internal sealed class OutgoingMessage(int? maxBytes) : SerializationContext, IBufferWriter<byte>, IDisposable
{
    private readonly int _maxBytes = Math.Min(maxBytes ?? Array.MaxLength, Array.MaxLength - FrameHeader.Size);
    private PooledBuffer? _frame;
    private int? _declaredLength;
    private bool _complete;

    public ReadOnlyMemory<byte> Frame => _frame!.Written;

    public ReadOnlyMemory<byte> Payload => Frame[FrameHeader.Size..];

    /// <summary>Serializes a message into this buffer, and compresses it where asked.</summary>
    public void Fill<T>(T message, Action<T, SerializationContext> serializer, bool compress)
    {
        Dispose();
        serializer(message, this);
        if (!_complete)
            throw new InvalidOperationException("The serializer returned without completing the message.");

        if (compress)
            Compress();

        Stamp(compress);
    }

    public override void SetPayloadLength(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        if (payloadLength > _maxBytes)
            throw FrameHeader.TooLarge(payloadLength, _maxBytes);

        _declaredLength = payloadLength;
        Start().Reserve(payloadLength);
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        Start();
        return this;
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        if (payload.Length > _maxBytes)
            throw FrameHeader.TooLarge(payload.Length, _maxBytes);

        Start().Write(payload);
        Complete();
    }

    public override void Complete()
    {
        var length = Start().Count - FrameHeader.Size;
        if (_declaredLength is { } declared && declared != length)
            throw new InvalidOperationException($"The serializer announced {declared} bytes and wrote {length}.");

        Stamp(compressed: false);
        _complete = true;
    }

    public void Advance(int count) => _frame!.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _frame!.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _frame!.GetSpan(sizeHint);

    /// <summary>Gives the buffer back; the object can be filled again.</summary>
    public void Dispose()
    {
        _frame?.Dispose();
        _frame = null;
        _declaredLength = null;
        _complete = false;
    }

    private PooledBuffer Start()
    {
        if (_frame is null)
        {
            _frame = new PooledBuffer(_maxBytes + FrameHeader.Size);
            _frame.Reserve(FrameHeader.Size);
            _frame.Advance(FrameHeader.Size);
        }

        return _frame;
    }

    private void Compress()
    {
        var compressed = new PooledBuffer(Array.MaxLength);
        compressed.Reserve(FrameHeader.Size);
        compressed.Advance(FrameHeader.Size);
        using (var gzip = new GZipStream(new BufferStream(compressed), CompressionLevel.Fastest))
            gzip.Write(Payload.Span);

        _frame!.Dispose();
        _frame = compressed;
    }

    private void Stamp(bool compressed) =>
        new FrameHeader(compressed, _frame!.Count - FrameHeader.Size).Write(_frame.Written.Span);
}
