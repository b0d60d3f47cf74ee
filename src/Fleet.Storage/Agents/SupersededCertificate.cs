namespace Fleet.Storage;

/// <summary>A certificate in whose place its agent was given a newer one.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Serial">Its serial number.</param>
/// <param name="NotAfter">When it ends.</param>
public sealed record SupersededCertificate(string AgentId, string Serial, DateTimeOffset NotAfter);
