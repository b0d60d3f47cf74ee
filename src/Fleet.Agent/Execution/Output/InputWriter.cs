using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Output;

/// <summary>Writes a step's standard input, then closes it.</summary>
internal sealed class InputWriter(PolledFd pipe, ReadOnlyMemory<byte> input)
{
    private bool _stopped;

    /// <summary>Gives up what is not written yet: the program has ended.</summary>
    internal void Stop()
    {
        Volatile.Write(ref _stopped, true);
        pipe.Wake();
    }

    /// <summary>Ends when all is written, nobody reads any more, or it is stopped; a program need not read its input.</summary>
    internal async Task WriteAllAsync()
    {
        try
        {
            for (var written = 0; written < input.Length && !Volatile.Read(ref _stopped);)
            {
                var count = WriteOnce(input.Span[written..]);
                if (count >= 0)
                    written += count;
                else if (Errno.Last is Errno.TryAgain or Errno.Interrupted)
                    await pipe.WaitAsync(PolledFd.Never);
                else
                    return; // EPIPE: its reader has closed it.
            }
        }
        finally
        {
            pipe.Dispose();
        }
    }

    private unsafe int WriteOnce(ReadOnlySpan<byte> rest)
    {
        fixed (byte* start = rest)
            return (int)Libc.Write(pipe.Fd, start, rest.Length);
    }
}
