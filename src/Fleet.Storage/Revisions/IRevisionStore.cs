namespace Fleet.Storage;

/// <summary>Which fleet this is the store of, and how far it has come.</summary>
public interface IRevisionStore
{
    /// <summary>As committed; null in a store that was opened without an expectation.</summary>
    Task<StoreIdentity?> GetAsync(CancellationToken cancellationToken);

    /// <summary>Makes the revision grow, so that the loss of what was written before can be seen.</summary>
    /// <exception cref="InvalidOperationException">The store belongs to no fleet: it was opened without an expectation.</exception>
    Task<StoreIdentity> AdvanceAsync(CancellationToken cancellationToken);
}
