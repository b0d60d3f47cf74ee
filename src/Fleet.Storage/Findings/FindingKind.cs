namespace Fleet.Storage;

/// <summary>What a scan reported.</summary>
public enum FindingKind
{
    /// <summary>A line that matched.</summary>
    Hit = 0,

    /// <summary>Lines that matched and were only counted.</summary>
    Summary = 1,

    /// <summary>Lines that were gone before they could be read.</summary>
    Gap = 2,
}
