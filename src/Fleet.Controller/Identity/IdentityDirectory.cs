using System.Collections.Concurrent;
using Fleet.Protocol.Identity;
using Fleet.Storage;

namespace Fleet.Controller.Identity;

/// <summary>
/// Who may come in and which certificates may not, in memory: a reconnecting fleet asks it thousands of times a second,
/// from handshakes that cannot wait for the store. Loaded at start, changed only after the store has been.
/// </summary>
internal sealed class IdentityDirectory
{
    private readonly ConcurrentDictionary<CertificateName, KnownIdentity> _identities = new();
    private readonly ConcurrentDictionary<CertificateName, byte> _removed = new();
    private readonly ConcurrentDictionary<string, byte> _revokedSerials = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Active agents.</summary>
    public int AgentCount => _identities.Keys.Count(name => name.Role == CertificateRole.Agent);

    /// <summary>Reads everything from the store.</summary>
    public static async Task<IdentityDirectory> LoadAsync(IFleetStore store, CancellationToken cancellationToken)
    {
        var directory = new IdentityDirectory();
        foreach (var revocation in await store.Revocations.ListAsync(cancellationToken))
            directory.RevokeSerial(revocation.Serial);
        var superseded = (await store.Agents.ListSupersededAsync(cancellationToken)).ToLookup(earlier => earlier.AgentId, StringComparer.Ordinal);
        foreach (var agent in await store.Agents.ListAsync(includeRemoved: true, cancellationToken))
            directory.Load(new KnownIdentity(agent, superseded: superseded[agent.Id]), agent.State == AgentState.Active);
        foreach (var person in await store.Operators.ListAsync(cancellationToken))
            directory.Load(new KnownIdentity(person), person.State == OperatorState.Active);

        return directory;
    }

    /// <summary>The identity of this name if it may come in.</summary>
    public KnownIdentity? Find(CertificateName name) => _identities.GetValueOrDefault(name);

    /// <summary>Whether an identity was in the fleet and is no longer. One of which nothing is known may belong to another store.</summary>
    public bool WasRemoved(CertificateName name) => _removed.ContainsKey(name);

    /// <summary>Whether a certificate is no longer honored.</summary>
    public bool IsRevoked(string serial) => _revokedSerials.ContainsKey(serial);

    /// <summary>Lets an identity in. What one of the same name has open is cut: nothing else could cut it later.</summary>
    public void Admit(KnownIdentity identity)
    {
        KnownIdentity? earlier = null;
        _identities.AddOrUpdate(identity.Name, identity, (_, known) =>
        {
            earlier = known;
            return identity;
        });
        earlier?.Cut();
    }

    /// <summary>An identity that enrolled again: with the same key it stays what it is and has one more certificate.</summary>
    public void AdmitAgain(KnownIdentity identity, IssuedCertificate issued)
    {
        if (Find(identity.Name) is { } known && known.KeyHash == identity.KeyHash)
            known.Renewed(issued);
        else
            Admit(identity);
    }

    /// <summary>No longer honors a certificate.</summary>
    public void RevokeSerial(string serial) => _revokedSerials[serial] = 0;

    /// <summary>Shuts an identity out and cuts what it has open; false if it was not in.</summary>
    public bool Expel(CertificateName name)
    {
        _removed[name] = 0;
        if (!_identities.TryRemove(name, out var identity))
            return false;
        identity.Cut();
        return true;
    }

    private void Load(KnownIdentity identity, bool isActive)
    {
        if (isActive)
            Admit(identity);
        else
            _removed[identity.Name] = 0;
    }
}
