namespace Fleet.LogSearch.Clusters;

/// <summary>Lines that differ only in numbers, names and the like.</summary>
/// <param name="Template">The words they share, with <c>&lt;*&gt;</c> for those in which they differ.</param>
/// <param name="Count">How many lines there were.</param>
/// <param name="Example">The first of them.</param>
/// <param name="First">The earliest time among them, if times were read.</param>
/// <param name="Last">The latest.</param>
public sealed record LogCluster(string Template, long Count, string Example, DateTimeOffset? First, DateTimeOffset? Last)
{
    /// <summary>Where its lines came from, as far as that was said.</summary>
    public IReadOnlyCollection<string> Origins { get; init; } = [];
}
