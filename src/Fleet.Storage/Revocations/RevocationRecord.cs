namespace Fleet.Storage;

/// <summary>A certificate that is no longer honored.</summary>
/// <param name="Serial">Its serial number.</param>
/// <param name="NotAfter">When it ends anyway, and the record may be forgotten.</param>
/// <param name="RevokedAt">When it was revoked.</param>
/// <param name="Reason">Why.</param>
public sealed record RevocationRecord(string Serial, DateTimeOffset NotAfter, DateTimeOffset RevokedAt, string Reason);
