namespace Fleet.Storage;

/// <summary>Why an enrollment was refused.</summary>
public enum EnrollmentRefusal
{
    /// <summary>It was not.</summary>
    None = 0,

    /// <summary>No token has this secret.</summary>
    UnknownToken,

    /// <summary>The token is for the other kind: agents or operators.</summary>
    WrongKind,

    /// <summary>The token has expired.</summary>
    Expired,

    /// <summary>The token was revoked.</summary>
    Revoked,

    /// <summary>The token has been used as often as it may.</summary>
    UsedUp,

    /// <summary>An active agent (or operator) has this name, and the token does not allow replacing.</summary>
    NameTaken,

    /// <summary>This enrollment was made with another token, or what it made has since been removed: start a new enrollment.</summary>
    EnrollmentTaken,
}
