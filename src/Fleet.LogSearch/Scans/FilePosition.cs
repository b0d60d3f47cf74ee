using System.Globalization;

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
    private const char BornSign = '@';

    /// <summary>When the file was made, in nanoseconds since 1970: another one may get its number. 0 where that is not known.</summary>
    public long BornStamp { get; init; }

    /// <summary>As a line of a mark.</summary>
    /// <param name="liveBornStamp">When the live file was made, for the mark.</param>
    /// <remarks>Births stand behind the first bytes: an agent of before, to which an upgrade was taken back, reads past them there.</remarks>
    internal string Write(long liveBornStamp) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Generation} {Device} {Inode} {HeadBytes} {OrDash(Head)} {OrDash(First)}{BornSign}{BornStamp}{BornSign}{liveBornStamp} {OrDash(Tail)} {Offset}");

    internal static FilePosition Read(string line, out long liveBornStamp)
    {
        string[] words = line.Split(' ');
        CultureInfo culture = CultureInfo.InvariantCulture;
        string[] first = words.Length == 8 ? words[5].Split(BornSign) : [];
        liveBornStamp = first.Length > 2 ? long.Parse(first[2], culture) : 0;
        return first.Length > 0
            ? new FilePosition(long.Parse(words[0], culture), ulong.Parse(words[1], culture), ulong.Parse(words[2], culture),
                int.Parse(words[3], culture), OrEmpty(words[4]), OrEmpty(first[0]), OrEmpty(words[6]), long.Parse(words[7], culture))
            {
                BornStamp = first.Length > 1 ? long.Parse(first[1], culture) : 0,
            }
            : throw new FormatException("a position has eight words");
    }

    private static string OrDash(string text) => text.Length == 0 ? "-" : text;

    private static string OrEmpty(string word) => word == "-" ? "" : word;
}
