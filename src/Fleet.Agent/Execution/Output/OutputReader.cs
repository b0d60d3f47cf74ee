using System.Buffers;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Output;

/// <summary>Reads one stream of one step to its end, within its limits, and hands it on in chunks.</summary>
/// <remarks>
/// While the receiver is busy nothing is read: the program then waits on its full pipe. Beyond the head the stream is read and
/// counted without handing on, so that a flood neither blocks the program nor costs memory.
/// </remarks>
internal sealed class OutputReader(PolledFd pipe, OutputLimits limits, Func<long, ReadOnlyMemory<byte>, ValueTask> deliver)
{
    internal const int ChunkBytes = 32 * 1024;

    // Small writes are put together for at most this long: about a screen's frame, and far fewer messages.
    private const int FlushMilliseconds = 25;

    // After so many full reads other work gets its turn on this thread.
    private const int ReadsPerTurn = 32;

    private readonly OutputLimiter _limiter = new(limits);
    private byte[]? _buffer;
    private int _filled;
    private long _deliveredBytes;
    private long _flushAt = PolledFd.Never;
    private long _stopAt = PolledFd.Never;

    /// <summary>Ends the reading at that time (<see cref="Environment.TickCount64"/>) if the stream has not ended by then.</summary>
    internal void StopAt(long milliseconds)
    {
        Volatile.Write(ref _stopAt, milliseconds);
        pipe.Wake();
    }

    internal async Task<StreamTotals> ReadToEndAsync()
    {
        try
        {
            var ended = await ReadAsync();
            await FlushAsync();
            var dropped = _limiter.DroppedBytes;
            await DeliverTailAsync();
            return new StreamTotals(_limiter.TotalBytes, dropped, ended);
        }
        finally
        {
            if (_buffer is not null)
                ArrayPool<byte>.Shared.Return(_buffer);
            pipe.Dispose();
        }
    }

    /// <summary>False where it stopped before the stream ended.</summary>
    private async Task<bool> ReadAsync()
    {
        // Nothing can be there yet; the buffer is rented when something is.
        if (await pipe.WaitAsync(Volatile.Read(ref _stopAt)) == Readiness.DeadlinePassed)
            return false;
        _buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);

        for (var reads = 1; ; reads++)
        {
            var read = ReadOnce();
            if (read == 0)
                return true;

            var now = Environment.TickCount64;
            if (read > 0)
            {
                if (_filled > 0 && _flushAt == PolledFd.Never)
                    _flushAt = now + FlushMilliseconds;
                if (_filled >= ChunkBytes || (_limiter.HeadIsFull && _filled > 0))
                    await FlushAsync();
                if (reads % ReadsPerTurn == 0)
                    await Task.Yield();
            }

            // A flood that never pauses still stops in time.
            var stopAt = Volatile.Read(ref _stopAt);
            if (now >= stopAt && stopAt != PolledFd.Never)
                return false;
            if (now >= _flushAt)
                await FlushAsync();
            if (read < 0)
                await pipe.WaitAsync(Math.Min(_flushAt, stopAt));
        }
    }

    /// <summary>Bytes read, 0 at the end of the stream, -1 if there is nothing at the moment.</summary>
    private unsafe int ReadOnce()
    {
        nint read;
        fixed (byte* start = _buffer)
            read = Libc.Read(pipe.Fd, start + _filled, ChunkBytes - _filled);
        if (read < 0)
            return Errno.Last is Errno.TryAgain or Errno.Interrupted ? -1 : throw Errno.Failure("read");
        if (read > 0)
            _filled += _limiter.Accept(_buffer.AsSpan(_filled, (int)read));
        return (int)read;
    }

    private async ValueTask FlushAsync()
    {
        _flushAt = PolledFd.Never;
        if (_filled == 0)
            return;
        await deliver(_deliveredBytes, _buffer.AsMemory(0, _filled));
        _deliveredBytes += _filled;
        _filled = 0;
    }

    private async Task DeliverTailAsync()
    {
        var offset = _limiter.TailOffset;
        var tail = _limiter.TakeTail();
        for (var sent = 0; sent < tail.Length; sent += ChunkBytes)
            await deliver(offset + sent, tail.AsMemory(sent, Math.Min(ChunkBytes, tail.Length - sent)));
    }
}
