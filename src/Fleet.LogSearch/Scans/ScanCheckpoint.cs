using System.Globalization;

namespace Fleet.LogSearch.Scans;

/// <summary>How far a log has been read, through its rotations.</summary>
/// <param name="Positions">The latest generations, oldest first: a writer may still write to one that was just renamed.</param>
/// <param name="TakenAt">When the log was read so far.</param>
public sealed record ScanCheckpoint(IReadOnlyList<FilePosition> Positions, DateTimeOffset TakenAt)
{
    private const string Form = "fleet-scan-checkpoint 1";

    /// <summary>Nothing read yet.</summary>
    public static ScanCheckpoint Start { get; } = new([], DateTimeOffset.MinValue);

    /// <summary>Writes it so that after a crash at any moment the file holds either this or the checkpoint before.</summary>
    public void Save(string path)
    {
        string next = path + ".next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        using (var writer = new StreamWriter(file))
        {
            writer.WriteLine(Form);
            writer.WriteLine(TakenAt.UtcTicks.ToString(CultureInfo.InvariantCulture));
            foreach (FilePosition position in Positions)
            {
                writer.WriteLine(position.Write());
            }

            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>Reads one back; <see cref="Start"/> when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is not a checkpoint.</exception>
    public static ScanCheckpoint Load(string path)
    {
        if (!File.Exists(path))
        {
            return Start;
        }

        try
        {
            string[] lines = File.ReadAllLines(path);
            return lines.Length >= 2 && lines[0] == Form
                ? new ScanCheckpoint(lines.Skip(2).Select(FilePosition.Read).ToArray(), new DateTimeOffset(long.Parse(lines[1], CultureInfo.InvariantCulture), TimeSpan.Zero))
                : throw new FormatException("its first line is not that of a checkpoint");
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is not a scan checkpoint: {fault.Message}", fault);
        }
    }
}
