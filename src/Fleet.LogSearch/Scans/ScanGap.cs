namespace Fleet.LogSearch.Scans;

/// <summary>How lines were lost before they could be read.</summary>
public enum GapCause
{
    /// <summary>The file was removed, or rotated out of reach.</summary>
    RotatedAway,

    /// <summary>The file was cut, and no copy of it is there.</summary>
    Truncated,

    /// <summary>The file was copied, then cut: what was written between the two, if anything was, is in neither.</summary>
    CopiedAndTruncated,

    /// <summary>A packed file is damaged.</summary>
    Damaged,

    /// <summary>The journal's files were removed.</summary>
    Vacuumed,

    /// <summary>The kernel overwrote its ring buffer.</summary>
    Overwritten,
}

/// <summary>Lines that were written but could not be read.</summary>
/// <param name="Id">Identifies the gap, however often it is found.</param>
/// <param name="Source">The log.</param>
/// <param name="Cause">How they were lost.</param>
/// <param name="Since">The lost lines were written after this.</param>
/// <param name="Until">And before this.</param>
public sealed record ScanGap(HitId Id, string Source, GapCause Cause, DateTimeOffset Since, DateTimeOffset Until)
{
    /// <summary>Whether it may be empty: lost is only what was written after the last look, if anything was.</summary>
    public bool MaybeEmpty { get; init; }

    /// <summary>Up to here the file, or the kernel's numbers, had been read.</summary>
    public long FromOffset { get; init; }

    /// <summary>Up to here the journal had been read.</summary>
    public string FromCursor { get; init; } = "";

    /// <summary>How many lines are lost, where that can be told; else 0.</summary>
    public long LostLines { get; init; }

    /// <summary>How many bytes are lost, where that can be told; else 0.</summary>
    public long LostBytes { get; init; }
}
