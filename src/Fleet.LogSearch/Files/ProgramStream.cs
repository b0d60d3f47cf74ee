using Microsoft.Win32.SafeHandles;

namespace Fleet.LogSearch.Files;

/// <summary>What a decompressor of the system writes for a file; disposing ends it.</summary>
/// <remarks>The pipe between us bounds how far it runs ahead. It inherits the searching thread's priority.</remarks>
internal sealed class ProgramStream : Stream
{
    private const int LongestComplaint = 500;

    private readonly string _program;
    private readonly SpawnedProgram _running;

    /// <param name="program">The decompressor.</param>
    /// <param name="packed">The open file, read from its beginning: its name may be another one's by now.</param>
    public ProgramStream(string program, SafeFileHandle packed)
    {
        _program = program;
        // --memlimit is understood by xz alone; zstd refuses windows over 128 MiB by itself, bzip2 needs at most 4 MB.
        string[] options = program == "xz" ? ["--memlimit-decompress=128MiB", "-dcq"] : ["-dcq"];
        try
        {
            _running = new SpawnedProgram([program, .. options], packed);
        }
        catch (FileNotFoundException)
        {
            throw new IOException($"is compressed, and '{program}', which would read it, is not installed on this host");
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read = _running.Output.Read(buffer);
        if (read == 0)
        {
            ThrowOnFailure();
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _running.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ThrowOnFailure()
    {
        // A program that ends well has nothing to say; where its status went to somebody else, that is what tells.
        (int? status, string complaint) = _running.WaitForEnd(LongestComplaint);
        if (status is not (null or 0) || complaint.Length > 0)
        {
            throw new InvalidDataException($"{_program} ended with {(status is { } s ? $"status {s >> 8}" : "a complaint")}: {complaint}");
        }
    }
}
