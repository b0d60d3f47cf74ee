namespace Fleet.Storage;

/// <summary>Whether a token admits a newcomer; the same answer from every provider.</summary>
internal static class TokenUse
{
    /// <summary>Whether the token is good at all: known, of the right kind, not revoked, not expired.</summary>
    public static EnrollmentRefusal Judge(TokenRecord? token, TokenKind kind, DateTimeOffset at) => token switch
    {
        null => EnrollmentRefusal.UnknownToken,
        _ when token.Kind != kind => EnrollmentRefusal.WrongKind,
        { RevokedAt: not null } => EnrollmentRefusal.Revoked,
        _ when token.ExpiresAt <= at => EnrollmentRefusal.Expired,
        _ => EnrollmentRefusal.None,
    };

    /// <summary>Whether a good token has a use left. A repeated enrollment has had its use, and does not ask.</summary>
    public static EnrollmentRefusal JudgeUses(TokenRecord token) =>
        token.Uses >= (token.MaxUses ?? int.MaxValue) ? EnrollmentRefusal.UsedUp : EnrollmentRefusal.None;
}
