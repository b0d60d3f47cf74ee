using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fleet.LogSearch.Files;

/// <summary>What the system says of a path: its kind, and which file it is, whatever it is called.</summary>
/// <param name="Device">The file system's device number.</param>
/// <param name="Inode">The file's number on it.</param>
/// <param name="IsRegular">Whether it is an ordinary file, which can be read without ever waiting.</param>
public readonly partial record struct FileStatus(ulong Device, ulong Inode, bool IsRegular)
{
    // struct statx is the same on every architecture: statx(2), <linux/stat.h>.
    private const int StatxBytes = 256;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int DeviceMajorOffset = 136;
    private const int DeviceMinorOffset = 140;
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint TypeModeInode = 0x103;  // STATX_TYPE | STATX_MODE | STATX_INO
    private const int KindMask = 0xF000;
    private const int RegularKind = 0x8000;

    /// <summary>Asks for a path's status, through symbolic links; null when there is no such file.</summary>
    public static FileStatus? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path) ? new FileStatus(0, 0, true) : null;
        }

        Span<byte> status = stackalloc byte[StatxBytes];
        if (Statx(CurrentDirectory, path, 0, TypeModeInode, ref MemoryMarshal.GetReference(status)) != 0)
        {
            return null;
        }

        ulong device = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(status[DeviceMajorOffset..]) << 32)
            | BinaryPrimitives.ReadUInt32LittleEndian(status[DeviceMinorOffset..]);
        int kind = BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..]) & KindMask;
        return new FileStatus(device, BinaryPrimitives.ReadUInt64LittleEndian(status[InodeOffset..]), kind == RegularKind);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte status);
}
