namespace Fleet.Storage;

/// <summary>What is remembered of one join token; never its secret.</summary>
public sealed record TokenRecord
{
    /// <summary>Stands for any key among those that are allowed.</summary>
    public const string AnyLabel = "*";

    /// <summary>The token's id, which is no secret.</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of the secret, 32 bytes.</summary>
    public required byte[] SecretHash { get; init; }

    /// <summary>Who may join with it.</summary>
    public required TokenKind Kind { get; init; }

    /// <summary>The role operators get; null for agents' tokens.</summary>
    public OperatorRole? Role { get; init; }

    /// <summary>Labels that agents get.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Keys of labels that agents may set themselves, <see cref="AnyLabel"/> for any; null where its maker said nothing.</summary>
    public IReadOnlyCollection<string>? AllowedLabels { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How often it may be used; null for any number of times.</summary>
    public int? MaxUses { get; init; }

    /// <summary>How often it was used.</summary>
    public int Uses { get; init; }

    /// <summary>Whether who joins may take the name of one who is there already.</summary>
    public bool AllowReplace { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Name of who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was revoked; null if it was not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>What it is for, in its maker's words.</summary>
    public string Note { get; init; } = "";

    /// <summary>
    /// Whether an agent may set this label itself. Where its maker said nothing: any label with a token that has none, no label with one that has
    /// some, because whoever gave hosts their labels meant these and no others.
    /// </summary>
    public bool LetsJoinerSet(string key) =>
        AllowedLabels is { } allowed ? allowed.Contains(AnyLabel) || allowed.Contains(key) : Labels.Count == 0;
}
