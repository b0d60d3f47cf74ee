namespace Fleet.Storage;

/// <summary>Findings of one template.</summary>
/// <param name="Template">What they have in common.</param>
/// <param name="Count">Lines.</param>
/// <param name="Example">One of them.</param>
/// <param name="First">When the earliest was written.</param>
/// <param name="Last">When the latest was.</param>
/// <param name="HostCount">How many agents have some.</param>
/// <param name="Hosts">Their names, as far as there is room for them.</param>
public sealed record FindingCluster(
    string Template, long Count, byte[] Example, DateTimeOffset First, DateTimeOffset Last, int HostCount, IReadOnlyList<string> Hosts);
