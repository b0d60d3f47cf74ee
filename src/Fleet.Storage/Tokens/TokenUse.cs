namespace Fleet.Storage;

/// <summary>Whether a token admits a newcomer; the same answer from every provider.</summary>
internal static class TokenUse
{
    /// <summary>Whether the token is good at all: known, of the right kind, not revoked, not expired.</summary>
    public static EnrolmentRefusal Judge(TokenRecord? token, TokenKind kind, DateTimeOffset at) => token switch
    {
        null => EnrolmentRefusal.UnknownToken,
        _ when token.Kind != kind => EnrolmentRefusal.WrongKind,
        { RevokedAt: not null } => EnrolmentRefusal.Revoked,
        _ when token.ExpiresAt <= at => EnrolmentRefusal.Expired,
        _ => EnrolmentRefusal.None,
    };

    /// <summary>Whether a good token has a use left. A repeated enrolment has had its use, and does not ask.</summary>
    public static EnrolmentRefusal JudgeUses(TokenRecord token) =>
        token.Uses >= (token.MaxUses ?? int.MaxValue) ? EnrolmentRefusal.UsedUp : EnrolmentRefusal.None;
}
