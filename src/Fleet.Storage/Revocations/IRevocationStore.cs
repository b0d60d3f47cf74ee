namespace Fleet.Storage;

/// <summary>Certificates that are no longer honored. Removing an agent and revoking an operator add to it by themselves.</summary>
public interface IRevocationStore
{
    /// <summary>Adds a revocation; the first one of a serial stays.</summary>
    Task AddAsync(RevocationRecord revocation, CancellationToken cancellationToken);

    /// <summary>All revocations, oldest first.</summary>
    Task<IReadOnlyList<RevocationRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Forgets revocations of certificates that ended before the given time; returns how many.</summary>
    Task<int> ForgetEndedAsync(DateTimeOffset before, CancellationToken cancellationToken);
}
