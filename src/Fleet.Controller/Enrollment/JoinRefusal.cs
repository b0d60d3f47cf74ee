using Fleet.Storage;

namespace Fleet.Controller.Enrollment;

/// <summary>Kinds of refusal, as far as callers act on them differently.</summary>
internal enum JoinRefusalKind
{
    /// <summary>The request itself is malformed.</summary>
    BadRequest,

    /// <summary>The token does not let the caller in.</summary>
    BadToken,

    /// <summary>Somebody else has the name, or the enrollment id.</summary>
    Taken,

    /// <summary>The token does not let the caller in, and too many wrong ones came from its address.</summary>
    TooManyGuesses,
}

/// <summary>Why somebody may not join.</summary>
/// <param name="Kind">What kind of refusal.</param>
/// <param name="Message">What is wrong and how to fix it.</param>
internal sealed record JoinRefusal(JoinRefusalKind Kind, string Message)
{
    /// <summary>No token has this id and secret. Which of the two is wrong is not said.</summary>
    public static JoinRefusal UnknownToken { get; } = new(
        JoinRefusalKind.BadToken, "this controller does not know the join token: paste it whole, or create a new one with `fleet token create`");

    /// <summary>The same, from an address that has sent too many.</summary>
    public static JoinRefusal TooManyGuesses(TimeSpan wait) => new(
        JoinRefusalKind.TooManyGuesses,
        $"{UnknownToken.Message}; too many wrong ones came from this address: wait {Math.Ceiling(wait.TotalSeconds)} s before the next guess");

    /// <summary>A field of the request is malformed.</summary>
    public static JoinRefusal Bad(string message) => new(JoinRefusalKind.BadRequest, message);

    /// <summary>The store's refusal in words.</summary>
    /// <param name="refusal">Anything but <see cref="EnrollmentRefusal.None"/>.</param>
    /// <param name="name">The name asked for.</param>
    /// <param name="wanted">What the token was used for.</param>
    public static JoinRefusal From(EnrollmentRefusal refusal, string name, TokenKind wanted) => refusal switch
    {
        EnrollmentRefusal.UnknownToken => UnknownToken,
        EnrollmentRefusal.WrongKind => WrongKind(wanted),
        EnrollmentRefusal.Expired => new(JoinRefusalKind.BadToken, $"the {Name(wanted)} token has expired: {Renew(wanted)}"),
        EnrollmentRefusal.Revoked => new(JoinRefusalKind.BadToken, $"the {Name(wanted)} token was revoked: ask for a new one"),
        EnrollmentRefusal.UsedUp => new(
            JoinRefusalKind.BadToken, $"the {Name(wanted)} token has been used as often as it may: {Renew(wanted)}, with --uses N for more than one"),
        EnrollmentRefusal.NameTaken when wanted == TokenKind.Agent => new(
            JoinRefusalKind.Taken,
            $"the name {name} belongs to another agent: choose another name with --name, remove that agent with `fleet agents remove {name}`, "
            + "or replace it: --replace, with a token that `fleet token create --allow-replace` made"),
        EnrollmentRefusal.NameTaken => new(
            JoinRefusalKind.Taken, $"the name {name} belongs to another operator: choose another name, or have that operator revoked first"),
        EnrollmentRefusal.EnrollmentTaken => new(
            JoinRefusalKind.Taken, "this enrollment was made with another token, or its agent has been removed since: enroll again"),
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, null),
    };

    // What whoever holds the token knows it as.
    private static string Name(TokenKind wanted) => wanted == TokenKind.Agent ? "join" : "login";

    private static string Renew(TokenKind wanted) => wanted == TokenKind.Agent
        ? "create a new one with `fleet token create`"
        : "an admin creates a new one with `fleet token create --operator ROLE`";

    /// <summary>The host brings labels that the token does not let it set.</summary>
    public static JoinRefusal LabelsNotAllowed(IReadOnlyList<string> keys)
    {
        var names = string.Join(", ", keys);
        return new JoinRefusal(
            JoinRefusalKind.BadToken,
            $"the join token does not let a host set the {(keys.Count == 1 ? "label" : "labels")} {names}: omit --label, or use a token created with "
                + string.Join(' ', keys.Select(key => $"--allow-label {key}")));
    }

    /// <summary>The token is for the other kind.</summary>
    public static JoinRefusal WrongKind(TokenKind wanted) => new(
        JoinRefusalKind.BadToken,
        wanted == TokenKind.Agent
            ? "this join token is for operators: an agent needs one made with `fleet token create`"
            : "this join token is for agents: an operator needs one made with `fleet token create --operator ROLE`");
}
