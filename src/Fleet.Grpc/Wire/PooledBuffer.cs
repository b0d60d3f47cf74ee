using System.Buffers;

namespace Grpc.Wire;

/// <summary>A growing buffer on rented arrays that never grows beyond its limit. Disposing it gives the array back.</summary>
internal sealed class PooledBuffer(int limit) : IBufferWriter<byte>, IDisposable
{
    private const int SmallestRent = 256;

    private byte[] _array = [];

    public int Count { get; private set; }

    public Memory<byte> Written => _array.AsMemory(0, Count);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - Count);
        if (count > limit - Count)
            throw FrameHeader.TooLarge((long)Count + count, limit);

        Count += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(Count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsSpan(Count);
    }

    /// <summary>Makes room for that many more bytes.</summary>
    public void Reserve(int bytes)
    {
        if (_array.Length - Count >= bytes)
            return;

        var needed = (long)Count + bytes;
        if (needed > Array.MaxLength)
            throw FrameHeader.TooLarge(needed, Array.MaxLength);

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(Math.Max(needed, 2L * Count), SmallestRent, Array.MaxLength));
        _array.AsSpan(0, Count).CopyTo(larger);
        Release();
        _array = larger;
    }

    public void Dispose()
    {
        Release();
        _array = [];
        Count = 0;
    }

    private void Release()
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
    }
}
