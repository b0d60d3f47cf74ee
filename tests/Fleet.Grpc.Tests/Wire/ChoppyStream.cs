namespace Fleet.Grpc.Tests.Wire;

/// <summary>Bytes that arrive in pieces of random size, without ever waiting.</summary>
internal sealed class ChoppyStream(byte[] bytes, Random random) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Read(buffer.Span[..Math.Min(buffer.Length, random.Next(1, 20))]));
}
