using System.Text;

namespace Fleet.Agent.Execution.Native;

/// <summary>Files that the kernel makes up when they are read (/proc, cgroups): their length is not known before, and many may be missing.</summary>
/// <remarks>Not by exceptions, and without a stream: thousands are read for one look at the host's processes.</remarks>
internal static unsafe class KernelFile
{
    private const int FirstBytes = 1024;

    /// <summary>All of a file, or its beginning; empty where it cannot be read.</summary>
    internal static ReadOnlySpan<byte> Read(string path, int mostBytes)
    {
        using var fd = new Fd(Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec));
        if (fd.IsInvalid)
            return default;
        var buffer = new byte[Math.Min(FirstBytes, mostBytes)];
        var length = 0;
        while (length < mostBytes)
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, mostBytes));
            nint read;
            fixed (byte* start = buffer)
                read = Libc.Read(fd, start + length, buffer.Length - length);
            if (read <= 0)
                break;
            length += (int)read;
        }

        return buffer.AsSpan(0, length);
    }

    /// <summary>The same into the caller's memory; how many bytes.</summary>
    internal static int Read(string path, Span<byte> buffer)
    {
        var fd = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec);
        if (fd < 0)
            return 0;
        nint length;
        fixed (byte* start = buffer)
            length = Libc.Read(fd, start, buffer.Length);
        _ = Libc.Close(fd);
        return (int)Math.Max(length, 0);
    }

    /// <summary>The text of a file; empty where it cannot be read.</summary>
    internal static string ReadText(string path, int mostBytes) => Encoding.ASCII.GetString(Read(path, mostBytes));
}
