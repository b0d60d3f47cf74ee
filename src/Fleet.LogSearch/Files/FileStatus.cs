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
    private const uint KnowsBirth = 0x800;     // STATX_BTIME
    private const int LengthOffset = 40;
    private const int BornSecondsOffset = 80;
    private const int BornNanosecondsOffset = 88;
    private const int ChangedSecondsOffset = 112;
    private const int ChangedNanosecondsOffset = 120;
    private const int DeviceMajorOffset = 136;
    private const int DeviceMinorOffset = 140;
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint Wanted = 0xB43;         // STATX_TYPE | STATX_MODE | STATX_MTIME | STATX_INO | STATX_SIZE | STATX_BTIME
    private const int KindMask = 0xF000;
    private const int RegularKind = 0x8000;

    /// <summary>Its length in bytes.</summary>
    public long Length { get; init; }

    /// <summary>When its content was last changed, in nanoseconds since 1970: to be compared, not shown.</summary>
    public long ChangedStamp { get; init; }

    /// <summary>When it was made, likewise; 0 where the file system does not say.</summary>
    public long BornStamp { get; init; }

    /// <summary>Whether another status is of the same file, not of one that merely got the number of a removed one.</summary>
    public bool IsSameFile(FileStatus other) =>
        Device == other.Device && Inode == other.Inode && (BornStamp == other.BornStamp || BornStamp == 0 || other.BornStamp == 0);

    /// <summary>Asks for a path's status, through symbolic links; null when there is no such file.</summary>
    public static FileStatus? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path) ? new FileStatus(0, 0, true) : null;
        }

        Span<byte> status = stackalloc byte[StatxBytes];
        if (Statx(CurrentDirectory, path, 0, Wanted, ref MemoryMarshal.GetReference(status)) != 0)
        {
            return null;
        }

        ulong device = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(status[DeviceMajorOffset..]) << 32)
            | BinaryPrimitives.ReadUInt32LittleEndian(status[DeviceMinorOffset..]);
        int kind = BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..]) & KindMask;
        return new FileStatus(device, BinaryPrimitives.ReadUInt64LittleEndian(status[InodeOffset..]), kind == RegularKind)
        {
            Length = BinaryPrimitives.ReadInt64LittleEndian(status[LengthOffset..]),
            ChangedStamp = StampAt(status, ChangedSecondsOffset, ChangedNanosecondsOffset),
            BornStamp = (BinaryPrimitives.ReadUInt32LittleEndian(status) & KnowsBirth) != 0 ? StampAt(status, BornSecondsOffset, BornNanosecondsOffset) : 0,
        };
    }

    private static long StampAt(ReadOnlySpan<byte> status, int seconds, int nanoseconds) =>
        (BinaryPrimitives.ReadInt64LittleEndian(status[seconds..]) * 1_000_000_000) + BinaryPrimitives.ReadUInt32LittleEndian(status[nanoseconds..]);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte status);
}
