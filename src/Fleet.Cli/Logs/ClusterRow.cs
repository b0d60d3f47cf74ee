namespace Fleet.Cli.Logs;

/// <summary>A kind of lines as it is shown.</summary>
/// <param name="Count">How many lines.</param>
/// <param name="Template">What they have in common.</param>
/// <param name="Example">One of them.</param>
/// <param name="First">When the earliest was written; null where that is not known.</param>
/// <param name="Last">When the latest was.</param>
/// <param name="Hosts">Where they come from, as far as that is known by name.</param>
/// <param name="HostCount">How many hosts that are, with those whose names are not known.</param>
internal sealed record ClusterRow(
    ulong Count, string Template, string Example, DateTimeOffset? First, DateTimeOffset? Last, IReadOnlyCollection<string> Hosts, int HostCount);
