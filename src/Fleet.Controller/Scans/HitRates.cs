namespace Fleet.Controller.Scans;

/// <summary>How many hits may come a minute.</summary>
/// <param name="OfAgent">From one agent.</param>
/// <param name="OfScan">Of one of its scans, while the agent is slowed; <see cref="int.MaxValue"/> where there is no other that could be held up.</param>
internal readonly record struct HitRates(int OfAgent, int OfScan);
