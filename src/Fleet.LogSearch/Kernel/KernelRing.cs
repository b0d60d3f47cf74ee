using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fleet.LogSearch.Kernel;

/// <summary>Reads the kernel's ring buffer: each read(2) of the device gives one record.</summary>
internal static partial class KernelRing
{
    private const int ReadOnlyNonBlocking = 0x800; // O_RDONLY | O_NONBLOCK, fcntl(2)
    private const int WouldBlock = 11; // EAGAIN: all records were read
    private const int Overwritten = 32; // EPIPE: the next record was overwritten meanwhile; the read after gives the oldest there is
    private const int LongestRecord = 8192; // CONSOLE_EXT_LOG_MAX of the kernel

    /// <summary>All records that the buffer holds now, oldest first.</summary>
    /// <exception cref="IOException">The device cannot be read.</exception>
    public static List<KernelRecord> ReadAll(string device)
    {
        using SafeFileHandle file = Open(device, ReadOnlyNonBlocking);
        if (file.IsInvalid)
        {
            throw new IOException($"{device}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var records = new List<KernelRecord>();
        var buffer = new byte[LongestRecord];
        while (true)
        {
            nint read = Read(file, buffer, buffer.Length);
            int fault = read < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (read == 0 || fault == WouldBlock)
            {
                return records;
            }

            if (fault is not 0 and not Overwritten)
            {
                throw new IOException($"{device}: {Marshal.GetPInvokeErrorMessage(fault)}");
            }

            if (read > 0 && KernelRecord.TryParse(buffer.AsSpan(0, (int)read), out KernelRecord record))
            {
                records.Add(record);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, [Out] byte[] buffer, nint count);
}
