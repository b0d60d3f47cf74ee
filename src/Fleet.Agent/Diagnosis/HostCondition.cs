namespace Fleet.Agent.Diagnosis;

/// <summary>Something about this host that limits its agent.</summary>
/// <param name="Kind">A word that stays the same between versions.</param>
/// <param name="Message">For operators: what it is and what follows from it.</param>
internal sealed record HostCondition(string Kind, string Message);
