using System.ComponentModel;
using System.Diagnostics;

namespace Fleet.LogSearch.Files;

/// <summary>What a decompressor of the system writes for a file; disposing ends it.</summary>
/// <remarks>The pipe between us bounds how far it runs ahead. It inherits the searching thread's priority.</remarks>
internal sealed class ProgramStream : Stream
{
    private const int LongestComplaint = 500;

    private readonly string _program;
    private readonly Process _process;

    public ProgramStream(string program, string path)
    {
        _program = program;
        // --memlimit is understood by xz alone; zstd refuses windows over 128 MiB by itself, bzip2 needs at most 4 MB.
        string[] options = program == "xz" ? ["--memlimit-decompress=128MiB", "-dcq"] : ["-dcq"];
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in (string[])[.. options, "--", Path.GetFullPath(path)])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            _process = Process.Start(start)!;
            _process.StandardInput.Close();
        }
        catch (Win32Exception)
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
        int read = _process.StandardOutput.BaseStream.Read(buffer);
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
            if (!_process.HasExited)
            {
                _process.Kill();
                _process.WaitForExit();
            }

            _process.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ThrowOnFailure()
    {
        // Quiet programs say one line about one file: it fits the pipe, so waiting first cannot block.
        _process.WaitForExit();
        if (_process.ExitCode != 0)
        {
            var complaint = new char[LongestComplaint];
            int length = _process.StandardError.ReadBlock(complaint);
            throw new InvalidDataException($"{_program} ended with {_process.ExitCode}: {new string(complaint, 0, length).Trim()}");
        }
    }
}
