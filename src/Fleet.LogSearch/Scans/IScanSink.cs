using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Scans;

/// <summary>Identifies a line of a log for good: reading it again after a crash gives the same identity.</summary>
/// <param name="Path">The log's path, without rotation.</param>
/// <param name="Generation">Which file of it, counted through rotations.</param>
/// <param name="Offset">Where in that file the line starts, before compression.</param>
public readonly record struct HitId(string Path, long Generation, long Offset);

/// <summary>Lines that were written but could not be read, because their file was gone or cut before.</summary>
/// <param name="Path">The log's path.</param>
/// <param name="Generation">The generation that was lost.</param>
/// <param name="FromOffset">Up to here it had been read.</param>
/// <param name="Since">When that was; the lost lines were written after it.</param>
/// <param name="Until">When the loss was found; the lost lines were written before it.</param>
public sealed record ScanGap(string Path, long Generation, long FromOffset, DateTimeOffset Since, DateTimeOffset Until);

/// <summary>Receives what a scan finds; called on the scanning thread.</summary>
public interface IScanSink
{
    /// <summary>Takes a hit. The same identity may come again after a crash; the store drops it then.</summary>
    void Hit(HitId id, in FoundLine line);

    /// <summary>Takes a gap.</summary>
    void Gap(ScanGap gap);
}
