namespace Fleet.Storage;

/// <summary>How an operator's enrollment ended.</summary>
/// <param name="Refusal">Why not; <see cref="EnrollmentRefusal.None"/> when enrolled.</param>
/// <param name="Operator">The operator as stored; null when refused.</param>
/// <param name="Repeated">
/// The enrollment was known already: no use of the token was consumed, and the certificate in the request replaced the earlier one.
/// </param>
/// <param name="Replaced">The operator who had the name before, now revoked; only with a token that allows it.</param>
public sealed record OperatorEnrollmentOutcome(
    EnrollmentRefusal Refusal, OperatorRecord? Operator = null, bool Repeated = false, OperatorRecord? Replaced = null);
