using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Storage;

/// <summary>A name is only sure to be on the disk once its directory is: fsync(2).</summary>
internal static partial class DirectoryEntry
{
    private const int CloseOnExec = 0x80000;

    /// <summary>Waits until the names in a directory are on the disk. Where that cannot be had, the files are in their places all the same.</summary>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var opened = new SafeFileHandle(Open(directory, CloseOnExec), ownsHandle: true);
        if (opened.IsInvalid)
            return;
        try
        {
            RandomAccess.FlushToDisk(opened);
        }
        catch (IOException)
        {
            // As above.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);
}
