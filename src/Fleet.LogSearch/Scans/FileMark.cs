using System.Globalization;
using Fleet.LogSearch.Files;

namespace Fleet.LogSearch.Scans;

/// <summary>How far a log of files has been read, through its rotations.</summary>
/// <param name="Positions">The latest generations, oldest first: a writer may still write to one that was just renamed.</param>
/// <param name="LastGeneration">The number of the latest generation that there was, also where its file is gone.</param>
/// <param name="TakenAt">When the log was read so far.</param>
public sealed record FileMark(IReadOnlyList<FilePosition> Positions, long LastGeneration, DateTimeOffset TakenAt) : LogMark
{
    private const string Form = "files 1";

    /// <summary>Which file had the live name, also where it was empty and has no position: one that is copied and cut stays the same. Null: unknown.</summary>
    public LiveFile? Live { get; init; }

    /// <summary>Nothing read yet.</summary>
    public static FileMark Start { get; } = new([], 0, DateTimeOffset.MinValue);

    /// <summary>Whether a file is one that was read, or the live one.</summary>
    internal bool Knows(FileStatus status) => (Live?.IsOf(status) ?? false) || Positions.Any(position => position.IsOf(status));

    /// <inheritdoc/>
    public override string Write() => string.Join('\n',
        [Form, string.Create(CultureInfo.InvariantCulture, $"{TakenAt.UtcTicks} {LastGeneration}") + (Live is { } live ? string.Create(CultureInfo.InvariantCulture, $" {live.Device} {live.Inode}") : ""), .. Positions.Select(position => position.Write(Live))]);

    /// <summary>Reads one back.</summary>
    /// <exception cref="InvalidDataException">The text is no such mark.</exception>
    public static FileMark Parse(string text)
    {
        try
        {
            string[] lines = text.Split('\n');
            string[] words = lines.Length >= 2 && lines[0] == Form ? lines[1].Split(' ') : [];
            long liveBorn = 0;
            ulong directory = 0;
            return words.Length is 2 or 4
                ? new FileMark(lines.Skip(2).Select(line => FilePosition.Read(line, out liveBorn, out directory)).ToArray(), long.Parse(words[1], CultureInfo.InvariantCulture),
                    new DateTimeOffset(long.Parse(words[0], CultureInfo.InvariantCulture), TimeSpan.Zero))
                {
                    Live = words.Length == 2 ? null : new LiveFile(
                        ulong.Parse(words[2], CultureInfo.InvariantCulture),
                        ulong.Parse(words[3], CultureInfo.InvariantCulture),
                        liveBorn) { DirectoryDevice = directory },
                }
                : throw new FormatException("its first lines are not those of a file mark");
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"not a file mark: {fault.Message}", fault);
        }
    }
}

/// <summary>Which file had a log's live name.</summary>
/// <param name="Device">Its file system.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="BornStamp">When it was made, in nanoseconds since 1970; 0 where that is not known.</param>
public sealed record LiveFile(ulong Device, ulong Inode, long BornStamp)
{
    /// <summary>The file system of the directory it was in, which is another one where that is not mounted; 0 where it is not known.</summary>
    public ulong DirectoryDevice { get; init; }

    internal static LiveFile Of(FileStatus status, ulong directoryDevice) => new(status.Device, status.Inode, status.BornStamp) { DirectoryDevice = directoryDevice };

    internal FileStatus ToStatus() => new(Device, Inode, IsRegular: true) { BornStamp = BornStamp };

    internal bool IsOf(FileStatus status) => ToStatus().IsSameFile(status);
}
