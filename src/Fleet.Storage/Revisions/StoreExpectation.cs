namespace Fleet.Storage;

/// <summary>What a store must be like to be opened. One that is not is refused, and nothing in it is changed.</summary>
public sealed record StoreExpectation
{
    /// <summary>The fleet that it must belong to.</summary>
    public required string FleetId { get; init; }

    /// <summary>
    /// The revision that it has had; an earlier one means that something was lost. Zero: there need not be a store yet. Null: not known, because
    /// an earlier Fleet did not write it down; then a store that somebody has enrolled in, or can, is taken over.
    /// </summary>
    public long? LeastRevision { get; init; }

    /// <summary>What becomes of a store that is not like that. The default is to refuse it.</summary>
    public StoreMismatch OnMismatch { get; init; }
}

/// <summary>What becomes of a store that is not the one that was expected.</summary>
public enum StoreMismatch
{
    /// <summary>It is refused, and nothing in it is changed.</summary>
    Refuse,

    /// <summary>One of this fleet that has lost something is taken as it is: its user knows, and goes on with what is left. Others are refused.</summary>
    AcceptOlder,

    /// <summary>It is renamed, and a new, empty store takes its place.</summary>
    SetAside,
}
