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
    private const int LinksOffset = 16;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const uint KnowsBirth = 0x800;     // STATX_BTIME
    private const int LengthOffset = 40;
    private const int BornSecondsOffset = 80;
    private const int BornNanosecondsOffset = 88;
    private const int TouchedSecondsOffset = 96;
    private const int TouchedNanosecondsOffset = 104;
    private const int ChangedSecondsOffset = 112;
    private const int ChangedNanosecondsOffset = 120;
    private const int DeviceMajorOffset = 136;
    private const int DeviceMinorOffset = 140;
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint Wanted = 0xBC7;         // STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_MTIME | STATX_CTIME | STATX_INO | STATX_SIZE | STATX_BTIME
    private const int KindMask = 0xF000;
    private const int RegularKind = 0x8000;
    private const int NoEntry = 2;             // ENOENT

    /// <summary>Its length in bytes.</summary>
    public long Length { get; init; }

    /// <summary>When its content was last changed, in nanoseconds since 1970: to be compared, not shown.</summary>
    public long ChangedStamp { get; init; }

    /// <summary>When it was made, likewise; 0 where the file system does not say.</summary>
    public long BornStamp { get; init; }

    /// <summary>When it was last touched in any way, likewise: written, renamed, given or robbed of a name.</summary>
    public long TouchedStamp { get; init; }

    /// <summary>How many names it has; 0: it was removed, and lives on only for those who have it open.</summary>
    public int Links { get; init; }

    /// <summary>Whether another status is of the same file, not of one that merely got the number of a removed one.</summary>
    /// <remarks>
    /// The same number and the same birth, to the nanosecond, are enough: the number of a file system may be another one after each mount. Where
    /// births are not known it has to do.
    /// </remarks>
    public bool IsSameFile(FileStatus other) =>
        Inode == other.Inode && (BornStamp != 0 && other.BornStamp != 0 ? BornStamp == other.BornStamp : Device == other.Device);

    /// <summary>Asks for a path's status, through symbolic links; null when there is no such file.</summary>
    public static FileStatus? Of(string path) => Of(path, out _);

    /// <summary>Asks for a path's status, through symbolic links; null when there is none to be had.</summary>
    /// <param name="path">The path.</param>
    /// <param name="fault">Why not; empty where there is simply no such name in its directory, or no such directory.</param>
    public static FileStatus? Of(string path, out string fault)
    {
        fault = "";
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path) ? new FileStatus(0, 0, true) : null;
        }

        Span<byte> status = stackalloc byte[StatxBytes];
        if (Statx(CurrentDirectory, path, 0, Wanted, ref MemoryMarshal.GetReference(status)) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            fault = error == NoEntry ? "" : Marshal.GetPInvokeErrorMessage(error);
            return null;
        }

        ulong device = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(status[DeviceMajorOffset..]) << 32)
            | BinaryPrimitives.ReadUInt32LittleEndian(status[DeviceMinorOffset..]);
        int kind = BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..]) & KindMask;
        return new FileStatus(device, BinaryPrimitives.ReadUInt64LittleEndian(status[InodeOffset..]), kind == RegularKind)
        {
            Length = BinaryPrimitives.ReadInt64LittleEndian(status[LengthOffset..]),
            Links = BinaryPrimitives.ReadInt32LittleEndian(status[LinksOffset..]),
            TouchedStamp = StampAt(status, TouchedSecondsOffset, TouchedNanosecondsOffset),
            ChangedStamp = StampAt(status, ChangedSecondsOffset, ChangedNanosecondsOffset),
            BornStamp = (BinaryPrimitives.ReadUInt32LittleEndian(status) & KnowsBirth) != 0 ? StampAt(status, BornSecondsOffset, BornNanosecondsOffset) : 0,
        };
    }

    private static long StampAt(ReadOnlySpan<byte> status, int seconds, int nanoseconds) =>
        (BinaryPrimitives.ReadInt64LittleEndian(status[seconds..]) * 1_000_000_000) + BinaryPrimitives.ReadUInt32LittleEndian(status[nanoseconds..]);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte status);
}
