using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Harness;

internal static partial class Native
{
    /// <summary>kill(2).</summary>
    public static void Kill(int pid, int signal) => _ = KillCore(pid, signal);

    /// <summary>open(2) for writing, made where it is missing.</summary>
    public static SafeFileHandle OpenToWrite(string path, bool appends)
    {
        var file = OpenCore(path, WriteCreateCloseOnExec | (appends ? Append : 0), Readable);
        return file.IsInvalid ? throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}") : file;
    }

    /// <summary>write(2): how many bytes were taken; -1: none, for one reason or another.</summary>
    public static unsafe nint Write(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
            return WriteCore(file, first, bytes.Length);
    }

    /// <summary>link(2).</summary>
    public static void Link(string from, string to)
    {
        if (LinkCore(from, to) != 0)
            throw new IOException($"{to}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private const int WriteCreateCloseOnExec = 0x1 | 0x40 | 0x80000;
    private const int Append = 0x400;
    private const int Readable = 0x1A4; // 0644

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle OpenCore(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteCore(SafeFileHandle file, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int LinkCore(string from, string to);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillCore(int pid, int signal);
}
