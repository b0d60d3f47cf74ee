namespace Fleet.Storage;

/// <summary>How an agent's enrolment ended.</summary>
/// <param name="Refusal">Why not; <see cref="EnrolmentRefusal.None"/> when enrolled.</param>
/// <param name="Agent">The agent as stored; null when refused.</param>
/// <param name="Repeated">
/// The enrolment was known already: no use of the token was consumed, and the certificate in the request replaced the earlier one.
/// </param>
/// <param name="Replaced">The agent that had the name before, now removed and its certificate revoked; only with a token that allows it.</param>
public sealed record AgentEnrolmentOutcome(
    EnrolmentRefusal Refusal, AgentRecord? Agent = null, bool Repeated = false, AgentRecord? Replaced = null);
