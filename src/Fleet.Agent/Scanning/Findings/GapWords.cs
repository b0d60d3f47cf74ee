using Fleet.LogSearch.Scans;

namespace Fleet.Agent.Scanning.Findings;

/// <summary>Causes of gaps in words, as operators see them.</summary>
internal static class GapWords
{
    public static string Of(ScanGap gap) => gap.Cause switch
    {
        GapCause.RotatedAway when gap.MaybeEmpty => "removed: what was written after it was last read, if anything, is lost",
        GapCause.RotatedAway => "rotated away",
        GapCause.Truncated => "truncated",
        GapCause.CopiedAndTruncated => "copied and truncated: what was written in between, if anything, is lost",
        GapCause.Damaged => "damaged: what stands behind the damage in a packed file cannot be read",
        GapCause.Vacuumed => "vacuumed",
        _ => "overwritten in the kernel's ring buffer",
    };
}
