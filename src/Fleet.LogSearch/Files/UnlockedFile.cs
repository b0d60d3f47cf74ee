using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fleet.LogSearch.Files;

/// <summary>Opens files for reading without the lock (flock(2)) that the framework takes: whoever writes a log must never notice its readers.</summary>
internal static partial class UnlockedFile
{
    private const int ReadOnlyCloseOnExec = 0x80800; // O_RDONLY | O_NONBLOCK | O_CLOEXEC: a pipe put in a log's place must not hold us
    private const int SeekData = 3;
    private const int NoEntry = 2;
    private const int Denied = 13;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }

        SafeFileHandle file = Open(path, ReadOnlyCloseOnExec);
        if (!file.IsInvalid)
        {
            return file;
        }

        int fault = Marshal.GetLastPInvokeError();
        file.Dispose();
        string reason = Marshal.GetPInvokeErrorMessage(fault);
        throw fault switch
        {
            NoEntry => new FileNotFoundException(reason, path),
            Denied => new UnauthorizedAccessException(reason),
            _ => new IOException($"{path}: {reason}"),
        };
    }

    /// <summary>Opens an open file once more, with a place of its own, whatever has become of its name.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle Reopen(SafeFileHandle file) => Open($"/proc/self/fd/{file.DangerousGetHandle()}");

    /// <summary>Where the next bytes from a place on are that are no hole; the place itself where the file system does not tell.</summary>
    public static long DataFrom(SafeFileHandle file, long offset) =>
        OperatingSystem.IsLinux() ? Math.Max(offset, Seek(file, offset, SeekData)) : offset;

    [LibraryImport("libc", EntryPoint = "lseek")]
    private static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Open(string path, int flags);
}
