namespace Fleet.Protocol.Folding;

/// <summary>One host's output while it still arrives. As long as it repeats what another host has given, no byte of it is kept.</summary>
/// <remarks>Not thread-safe: the loop that owns the fold owns this too. Complete it once, or drop it.</remarks>
public sealed class LiveOutput
{
    private readonly Func<ReadOnlyMemory<byte>, int, ReadOnlyMemory<byte>> _findLonger;

    // Either the output so far is the beginning of a finished output, or it is our own.
    private ReadOnlyMemory<byte> _shared;
    private byte[] _own = [];
    private bool _isOwn;

    // findLonger: a finished output that begins with these bytes, of which there are so many; empty if there is none.
    internal LiveOutput(string host, Func<ReadOnlyMemory<byte>, int, ReadOnlyMemory<byte>> findLonger)
    {
        Host = host;
        _findLonger = findLonger;
    }

    /// <summary>The host.</summary>
    public string Host { get; }

    /// <summary>Bytes that have arrived.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that are kept for this host alone.</summary>
    public int RetainedBytes => _own.Length;

    internal ReadOnlySpan<byte> Content => _isOwn ? _own.AsSpan(0, Length) : _shared.Span[..Length];

    /// <summary>Takes the next bytes, in the order in which the host wrote them.</summary>
    public void Append(ReadOnlySpan<byte> chunk)
    {
        if (chunk.IsEmpty)
            return;

        if (!_isOwn && _shared.Length >= Length + chunk.Length && _shared.Span[Length..].StartsWith(chunk))
        {
            Length += chunk.Length;
            return;
        }

        AppendOwn(chunk);
        ShareAgain();
    }

    private void AppendOwn(ReadOnlySpan<byte> chunk)
    {
        var needed = Length + chunk.Length;
        if (!_isOwn || needed > _own.Length)
        {
            var grown = new byte[Math.Max(needed, Math.Min(_own.Length * 2, Array.MaxLength))];
            Content.CopyTo(grown);
            (_own, _isOwn, _shared) = (grown, true, default);
        }

        chunk.CopyTo(_own.AsSpan(Length));
        Length = needed;
    }

    // A host that left one finished output may still follow another.
    private void ShareAgain()
    {
        var longer = _findLonger(_own, Length);
        if (!longer.IsEmpty)
            (_shared, _own, _isOwn) = (longer, [], false);
    }
}
