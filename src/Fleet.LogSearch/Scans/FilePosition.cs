using System.Globalization;
using Fleet.LogSearch.Files;

namespace Fleet.LogSearch.Scans;

/// <summary>How far one generation of a log (the file between two rotations) has been read.</summary>
/// <param name="Generation">Counts the generations of this log since it was first read; with the offset it identifies a line for good.</param>
/// <param name="Device">The file system it was on.</param>
/// <param name="Inode">Its number there; compression and copying change it.</param>
/// <param name="HeadBytes">How many of its first bytes the fingerprint covers; 0 while it is empty.</param>
/// <param name="Head">The fingerprint, by which it is known again under another name, number or compression.</param>
/// <param name="First">Its very first bytes, in hexadecimal: for a copy that was made before it had as many as the fingerprint covers.</param>
/// <param name="Tail">A fingerprint of the last bytes before the offset: a file that was cut and has grown beyond it again differs there.</param>
/// <param name="Offset">Everything before it, whole lines only, has been delivered.</param>
public sealed record FilePosition(long Generation, ulong Device, ulong Inode, int HeadBytes, string Head, string First, string Tail, long Offset)
{
    private const char Sign = '@';
    private const int Done = 1;
    private const int Closed = 2;

    /// <summary>When the file was made, in nanoseconds since 1970: another one may get its number. 0 where that is not known.</summary>
    public long BornStamp { get; init; }

    /// <summary>Whether nothing more is expected of it: it was read to its end and is written to no more, or a gap says that the rest is lost.</summary>
    /// <remarks>It is kept all the same: should the file come back, no line of it is new.</remarks>
    public bool IsDone { get; init; }

    /// <summary>Whether nobody had it open for writing any more when it was quiet for a while, as the log of a job that has ended.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Of a short file, a fingerprint of what stands behind its first line, which may be changed in place. Empty: it is not short, or not known.</summary>
    public string Latter { get; init; } = "";

    /// <summary>Whether a status is that of its file, by its number.</summary>
    internal bool IsOf(FileStatus status) => new FileStatus(Device, Inode, IsRegular: true) { BornStamp = BornStamp }.IsSameFile(status);

    /// <summary>As a line of a mark.</summary>
    /// <param name="live">Of the live file, for the mark.</param>
    /// <remarks>
    /// Births and all that came after them stand behind the first bytes: an agent of before, to which an upgrade was taken back, reads past them there.
    /// </remarks>
    internal string Write(LiveFile? live) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Generation} {Device} {Inode} {HeadBytes} {OrDash(Head)} {OrDash(First)}{Sign}{BornStamp}{Sign}{live?.BornStamp ?? 0}{Sign}{(IsDone ? Done : 0) | (IsClosed ? Closed : 0)}{Sign}{live?.DirectoryDevice ?? 0}{Sign}{Latter} {OrDash(Tail)} {Offset}");

    /// <summary>Reads one back.</summary>
    /// <param name="line">The line.</param>
    /// <param name="liveBornStamp">When the live file was made; 0 where that is not known.</param>
    /// <param name="directoryDevice">The file system of its directory; 0 where that is not known.</param>
    internal static FilePosition Read(string line, out long liveBornStamp, out ulong directoryDevice)
    {
        string[] words = line.Split(' ');
        CultureInfo culture = CultureInfo.InvariantCulture;
        string[] first = words.Length == 8 ? words[5].Split(Sign) : [];
        liveBornStamp = first.Length > 2 ? long.Parse(first[2], culture) : 0;
        directoryDevice = first.Length > 4 ? ulong.Parse(first[4], culture) : 0;
        if (first.Length == 0)
        {
            throw new FormatException("a position has eight words");
        }

        int flags = first.Length > 3 ? int.Parse(first[3], culture) : 0;
        (int headBytes, string head, string beginning) = (int.Parse(words[3], culture), OrEmpty(words[4]), OrEmpty(first[0]));
        // Every hole begins alike: a fingerprint of nothing but NULs, as agents of before took, is none.
        bool isHole = headBytes is > 0 and <= LogGeneration.LongestHead && head == LogGeneration.Fingerprint(new byte[headBytes]);
        return new FilePosition(long.Parse(words[0], culture), ulong.Parse(words[1], culture), ulong.Parse(words[2], culture),
            isHole ? 0 : headBytes, isHole ? "" : head, isHole ? "" : beginning, OrEmpty(words[6]), long.Parse(words[7], culture))
        {
            BornStamp = first.Length > 1 ? long.Parse(first[1], culture) : 0,
            IsDone = (flags & Done) != 0,
            IsClosed = (flags & Closed) != 0,
            Latter = first.Length > 5 ? first[5] : "",
        };
    }

    private static string OrDash(string text) => text.Length == 0 ? "-" : text;

    private static string OrEmpty(string word) => word == "-" ? "" : word;
}
