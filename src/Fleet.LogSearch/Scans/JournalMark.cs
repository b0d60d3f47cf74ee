using System.Globalization;

namespace Fleet.LogSearch.Scans;

/// <summary>How far one file of a journal has been read.</summary>
/// <param name="FileId">The file, whatever it is called.</param>
/// <param name="SequenceId">The run of numbers that its entries belong to.</param>
/// <param name="Entries">So many of its entries have been read.</param>
/// <param name="Sequence">The number of the last of them; one less than its first where none was.</param>
/// <param name="Boot">The boot that the last of them was written in; empty where none was.</param>
/// <param name="Monotonic">When, in microseconds of that boot.</param>
/// <param name="Realtime">When, in microseconds since 1970.</param>
/// <param name="IsDone">Whether all of it was read and no more will be written.</param>
public sealed record JournalPosition(
    string FileId, string SequenceId, long Entries, long Sequence, string Boot, long Monotonic, long Realtime, bool IsDone)
{
    internal string Write() => string.Create(CultureInfo.InvariantCulture,
        $"{FileId} {SequenceId} {Entries} {Sequence} {(Boot.Length == 0 ? "-" : Boot)} {Monotonic} {Realtime} {(IsDone ? 1 : 0)}");

    internal static JournalPosition Read(string line)
    {
        string[] words = line.Split(' ');
        CultureInfo culture = CultureInfo.InvariantCulture;
        return words.Length == 8
            ? new JournalPosition(words[0], words[1], long.Parse(words[2], culture), long.Parse(words[3], culture), words[4] == "-" ? "" : words[4],
                long.Parse(words[5], culture), long.Parse(words[6], culture), words[7] == "1")
            : throw new FormatException("a position has eight words");
    }
}

/// <summary>How far a journal has been read, file by file.</summary>
/// <param name="Positions">Those of the files that are there.</param>
/// <param name="Cursor">That of the entry read last, as journalctl takes it.</param>
/// <param name="TakenAt">When it was read so far.</param>
public sealed record JournalMark(IReadOnlyList<JournalPosition> Positions, string Cursor, DateTimeOffset TakenAt) : LogMark
{
    private const string Form = "journal 1";

    /// <inheritdoc/>
    public override string Write() => string.Join('\n',
        [Form, TakenAt.UtcTicks.ToString(CultureInfo.InvariantCulture), Cursor, .. Positions.Select(position => position.Write())]);

    /// <summary>Reads one back.</summary>
    /// <exception cref="InvalidDataException">The text is no such mark.</exception>
    public static JournalMark Parse(string text)
    {
        try
        {
            string[] lines = text.Split('\n');
            return lines.Length >= 3 && lines[0] == Form
                ? new JournalMark(lines.Skip(3).Select(JournalPosition.Read).ToArray(), lines[2], new DateTimeOffset(long.Parse(lines[1], CultureInfo.InvariantCulture), TimeSpan.Zero))
                : throw new FormatException("its first lines are not those of a journal mark");
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"not a mark of a journal: {fault.Message}", fault);
        }
    }
}
