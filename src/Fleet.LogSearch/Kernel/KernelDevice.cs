using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fleet.LogSearch.Kernel;

/// <summary>The ring buffer's device: each read(2) gives one record.</summary>
internal sealed partial class KernelDevice : IKernelRing
{
    private const int ReadOnlyNonBlocking = 0x80800; // O_RDONLY | O_NONBLOCK | O_CLOEXEC, fcntl(2)
    private const int WouldBlock = 11; // EAGAIN: all records were read
    private const int Overwritten = 32; // EPIPE: the next record was overwritten meanwhile; the read after gives the oldest there is
    private const int LongestRecord = 8192; // CONSOLE_EXT_LOG_MAX of the kernel

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly byte[] _buffer = new byte[LongestRecord];

    /// <exception cref="IOException">The device cannot be opened.</exception>
    public KernelDevice(string path)
    {
        _path = path;
        _file = Open(path, ReadOnlyNonBlocking);
        if (_file.IsInvalid)
        {
            throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <inheritdoc/>
    public KernelRead Read(out KernelRecord record)
    {
        while (true)
        {
            nint read = Read(_file, _buffer, _buffer.Length);
            int fault = read < 0 ? Marshal.GetLastPInvokeError() : 0;
            record = default;
            if (read == 0 || fault == WouldBlock)
            {
                return KernelRead.Empty;
            }

            if (fault == Overwritten)
            {
                return KernelRead.Overrun;
            }

            if (fault != 0)
            {
                throw new IOException($"{_path}: {Marshal.GetPInvokeErrorMessage(fault)}");
            }

            if (KernelRecord.TryParse(_buffer.AsSpan(0, (int)read), out record))
            {
                return KernelRead.Record;
            }
        }
    }

    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, [Out] byte[] buffer, nint count);
}
