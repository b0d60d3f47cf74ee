namespace Fleet.Cli.Tail;

/// <summary>How the hosts of a tail stand, and what has changed.</summary>
/// <param name="Following">All that follow now.</param>
/// <param name="Ended">All that do not, with the reason.</param>
/// <param name="Begun">Those that follow for the first time.</param>
/// <param name="Back">Those that follow again.</param>
/// <param name="Gone">Those that do not, where that or the reason is new.</param>
internal sealed record HostChanges(
    IReadOnlyList<string> Following,
    IReadOnlyList<(string Host, string Reason)> Ended,
    IReadOnlyList<string> Begun,
    IReadOnlyList<string> Back,
    IReadOnlyList<(string Host, string Reason)> Gone);
