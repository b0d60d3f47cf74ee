namespace Fleet.Storage;

/// <summary>Sums of a scan since it was first applied, what retention deleted included.</summary>
/// <param name="Scan">The scan's name.</param>
/// <param name="Hits">Lines that matched, also those only counted.</param>
/// <param name="Gaps">Gaps.</param>
/// <param name="LastAt">When the latest of them was written.</param>
public sealed record ScanTotal(string Scan, long Hits, long Gaps, DateTimeOffset LastAt);
