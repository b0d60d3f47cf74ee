using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fleet.Controller.Backups;

/// <summary>Who owns files. Root may restore a backup for the service's user, whose directory it is.</summary>
internal static partial class FileOwner
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint OwnerAndGroup = 0x8 | 0x10; // STATX_UID | STATX_GID

    // struct statx is the same on all architectures (statx(2)): stx_uid and stx_gid follow stx_mask, stx_blksize, stx_attributes, stx_nlink.
    private const int StatxBytes = 256;
    private const int UidOffset = 20;
    private const int GidOffset = 24;

    /// <summary>Gives a directory and all in it to the owner of another; does nothing where this process is not root.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void GiveTo(string like, string directory) =>
        GiveFilesTo(like, Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories).Append(directory));

    /// <summary>Gives files to the owner of another file or directory; does nothing where this process is not root.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void GiveFilesTo(string like, IEnumerable<string> files)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return;
        var (uid, gid) = Read(like);
        foreach (var path in files)
        {
            if (ChangeOwner(path, uid, gid) != 0)
                throw new IOException($"{path} cannot be given to the user {uid}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static (uint Uid, uint Gid) Read(string path)
    {
        Span<byte> buffer = stackalloc byte[StatxBytes];
        return Statx(CurrentDirectory, path, 0, OwnerAndGroup, buffer) == 0
            ? (BinaryPrimitives.ReadUInt32LittleEndian(buffer[UidOffset..]), BinaryPrimitives.ReadUInt32LittleEndian(buffer[GidOffset..]))
            : throw new IOException($"the owner of {path} cannot be read: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> buffer);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint uid, uint gid);
}
