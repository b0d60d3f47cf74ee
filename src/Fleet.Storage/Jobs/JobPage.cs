namespace Fleet.Storage;

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">Where the next page begins; null if this is the last. Opaque.</param>
public sealed record JobPage(IReadOnlyList<JobRecord> Jobs, string? Next);
