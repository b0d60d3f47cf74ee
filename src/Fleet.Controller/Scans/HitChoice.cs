using Fleet.Protocol.V1;

namespace Fleet.Controller.Scans;

/// <summary>Which hits of a report are stored one by one, and which are only counted.</summary>
/// <param name="Kept">Stored.</param>
/// <param name="Surplus">Counted.</param>
/// <param name="ToTell">A scan that takes more than its share, where it is time to tell; null: it is not.</param>
internal sealed record HitChoice(IReadOnlyList<Hit> Kept, IReadOnlyList<Hit> Surplus, string? ToTell)
{
    /// <summary>Everything is stored.</summary>
    public static HitChoice All(IReadOnlyList<Hit> hits) => new(hits, [], null);
}
