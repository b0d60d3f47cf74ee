namespace Fleet.Storage;

/// <summary>How an agent's enrollment ended.</summary>
/// <param name="Refusal">Why not; <see cref="EnrollmentRefusal.None"/> when enrolled.</param>
/// <param name="Agent">The agent as stored; null when refused.</param>
/// <param name="Repeated">
/// The enrollment was known already: no use of the token was consumed, and the certificate in the request replaced the earlier one.
/// </param>
/// <param name="Replaced">
/// The agent that had the name before, now removed and its certificate revoked; only with a token that allows it.
/// </param>
public sealed record AgentEnrollmentOutcome(
    EnrollmentRefusal Refusal, AgentRecord? Agent = null, bool Repeated = false, AgentRecord? Replaced = null);
