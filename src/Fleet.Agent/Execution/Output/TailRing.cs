namespace Fleet.Agent.Execution.Output;

/// <summary>The last bytes of a stream, at most <paramref name="capacity"/>; memory grows only as they come.</summary>
internal sealed class TailRing(int capacity)
{
    private const int FirstBytes = 4096;

    private byte[] _ring = [];

    // Where the next byte goes, once the ring has its full size and is full.
    private int _next;

    internal int Length { get; private set; }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (capacity == 0)
            return;
        if (bytes.Length > capacity)
            bytes = bytes[^capacity..];

        Grow(bytes.Length);
        var first = Math.Min(bytes.Length, _ring.Length - _next);
        bytes[..first].CopyTo(_ring.AsSpan(_next));
        bytes[first..].CopyTo(_ring);
        _next = (_next + bytes.Length) % _ring.Length;
        Length = Math.Min(Length + bytes.Length, _ring.Length);
    }

    internal byte[] ToArray()
    {
        var ordered = new byte[Length];
        var start = Length < _ring.Length ? 0 : _next;
        var first = Math.Min(Length, _ring.Length - start);
        _ring.AsSpan(start, first).CopyTo(ordered);
        _ring.AsSpan(0, Length - first).CopyTo(ordered.AsSpan(first));
        return ordered;
    }

    /// <summary>Below full size the bytes lie at the start in order, so growing is a plain copy.</summary>
    private void Grow(int coming)
    {
        var needed = (int)Math.Min((long)Length + coming, capacity);
        if (needed <= _ring.Length && (Length < _ring.Length || _ring.Length == capacity))
            return;

        var ordered = ToArray();
        var size = (int)Math.Min(Math.Max(Math.Max((long)_ring.Length * 2, needed), FirstBytes), capacity);
        _ring = new byte[size];
        ordered.CopyTo(_ring, 0);
        _next = Length % size;
    }
}
