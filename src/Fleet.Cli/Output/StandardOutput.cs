using System.Runtime.InteropServices;

namespace Fleet.Cli.Output;

/// <summary>The reader of standard output has gone (`fleet ... | head`): there is nobody to print for any more.</summary>
internal sealed class OutputClosedException() : IOException("the output was closed");

/// <summary>
/// Standard output as write(2) has it. The console's own stream takes a closed pipe for success, so that a command would go on for ever; a FileStream
/// keeps a position of its own and writes over what others append to the same file.
/// </summary>
/// <remarks>See write(2), poll(2) and pipe(7). Once its reader has gone it takes everything without a word: it has been said.</remarks>
internal sealed partial class StandardOutput : Stream
{
    private const int Handle = 1;
    private const int Interrupted = 4; // EINTR
    private const int TryAgain = 11; // EAGAIN
    private const int BrokenPipe = 32; // EPIPE
    private const short CanBeWritten = 4; // POLLOUT

    private bool _isClosed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>This process's standard output.</summary>
    public static Stream Open() => OperatingSystem.IsLinux() ? new StandardOutput() : Console.OpenStandardOutput();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0 && !_isClosed)
        {
            nint written;
            fixed (byte* start = buffer)
                written = WriteTo(Handle, start, (nuint)buffer.Length);
            if (written >= 0)
                buffer = buffer[(int)written..];
            else
                Recover(Marshal.GetLastPInvokeError());
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Recover(int error)
    {
        switch (error)
        {
            case Interrupted:
                return;
            case TryAgain:
                // Whoever shares the terminal may have made it non-blocking.
                var wait = new PollEntry { Handle = Handle, Events = CanBeWritten };
                _ = Poll(ref wait, 1, -1);
                return;
            case BrokenPipe:
                _isClosed = true;
                throw new OutputClosedException();
            default:
                throw new IOException($"standard output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteTo(int handle, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Handle;
        public short Events;
        public short Returned;
    }
}
