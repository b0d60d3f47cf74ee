namespace Fleet.Agent.Execution.Output;

/// <summary>Decides which bytes of a stream are kept: the first ones as they come, the last ones at the end.</summary>
/// <remarks>Pure: no clock, no descriptor. Head + dropped + tail is always the total, however the stream is cut into reads.</remarks>
internal sealed class OutputLimiter(OutputLimits limits)
{
    private readonly TailRing _tail = new(limits.TailBytes);
    private long _headLeft = limits.FirstBytes;

    internal long TotalBytes { get; private set; }

    internal bool HeadIsFull => _headLeft == 0;

    /// <summary>Bytes between head and tail that were seen and let go.</summary>
    internal long DroppedBytes => TotalBytes - (limits.FirstBytes - _headLeft) - _tail.Length;

    /// <summary>Where the tail begins in the stream.</summary>
    internal long TailOffset => TotalBytes - _tail.Length;

    /// <summary>Counts what was read; returns how many of its first bytes belong to the head. The rest has been taken care of.</summary>
    internal int Accept(ReadOnlySpan<byte> read)
    {
        TotalBytes += read.Length;
        var head = (int)Math.Min(_headLeft, read.Length);
        _headLeft -= head;
        if (head < read.Length)
            _tail.Append(read[head..]);
        return head;
    }

    /// <summary>The kept end of the stream, in order.</summary>
    internal byte[] TakeTail() => _tail.ToArray();
}
