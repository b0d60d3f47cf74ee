using System.Globalization;
using Fleet.Agent.Journal;

namespace Fleet.Agent.Scanning.Spool;

/// <summary>One file of the spool. Its name is its place in their row.</summary>
internal sealed class SpoolSegment(string directory, long index)
{
    private const string Suffix = ".spool";

    /// <summary>Its place in the row.</summary>
    public long Index { get; } = index;

    /// <summary>Its file.</summary>
    public string Path { get; } = System.IO.Path.Combine(directory, index.ToString("d10", CultureInfo.InvariantCulture) + Suffix);

    /// <summary>Length of its intact part.</summary>
    public long Length { get; set; }

    /// <summary>Length of its first frame.</summary>
    public long HeadLength { get; set; }

    /// <summary>The last report that it holds or stands for; of one that holds none, the last before it.</summary>
    public ulong LastNumber { get; set; }

    /// <summary>The segments of a directory in their order.</summary>
    public static List<SpoolSegment> In(string directory)
    {
        var segments = new List<SpoolSegment>();
        foreach (var path in Directory.EnumerateFiles(directory, "*" + Suffix))
        {
            if (long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                segments.Add(new SpoolSegment(directory, index));
        }

        segments.Sort((a, b) => a.Index.CompareTo(b.Index));
        return segments;
    }

    /// <summary>Writes the whole file, so that after a crash at any moment it is either this or what was there before.</summary>
    public void Write(IEnumerable<SpoolEntry> entries) => WholeFile.Write(Path, file =>
    {
        foreach (var entry in entries)
        {
            file.Write(SpoolFrame.Seal(entry.ToBytes()));
            HeadLength = HeadLength == 0 ? file.Position : HeadLength;
        }

        Length = file.Position;
    });
}

/// <summary>Where a report is.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Segment">The file.</param>
/// <param name="Offset">Where it starts there.</param>
/// <param name="Length">Its length.</param>
internal sealed record SpooledReport(ulong Number, SpoolSegment Segment, long Offset, int Length);
