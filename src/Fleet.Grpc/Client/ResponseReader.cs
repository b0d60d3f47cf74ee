using System.Buffers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>Reads messages off a response. While it waits for one it holds five bytes.</summary>
internal sealed class ResponseReader(Stream stream, MessageDecoder decoder)
{
    // A message's buffer grows with what arrives: a header alone cannot make the reader set memory aside.
    private const int FirstReserve = 64 * 1024;

    private readonly byte[] _header = new byte[FrameHeader.Size];

    public bool LastWasCompressed => decoder.LastWasCompressed;

    public async ValueTask<(bool Found, T? Message)> ReadAsync<T>(
        Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        var read = await stream.ReadAtLeastAsync(_header, FrameHeader.Size, throwOnEndOfStream: false, cancellationToken);
        if (read == 0)
            return default;

        if (read < FrameHeader.Size)
            throw FrameHeader.Truncated();

        var header = FrameHeader.Parse(_header, decoder.MaxBytes);
        using var payload = new PooledBuffer(header.Length);
        while (payload.Count < header.Length)
        {
            payload.Reserve(Math.Min(header.Length - payload.Count, Math.Max(FirstReserve, payload.Count)));
            var room = payload.GetMemory();
            read = await stream.ReadAsync(room[..Math.Min(room.Length, header.Length - payload.Count)], cancellationToken);
            if (read == 0)
                throw FrameHeader.Truncated();

            payload.Advance(read);
        }

        return (true, decoder.Decode(header, new ReadOnlySequence<byte>(payload.Written), deserializer));
    }
}
