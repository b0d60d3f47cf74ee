using System.Security.Cryptography;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;

namespace Fleet.Agent.Identity;

/// <summary>Knows when the certificate is to be renewed, and holds the new key until the certificate for it is here.</summary>
/// <remarks>Used by one link at a time; guarded because its upkeep asks and its reader receives.</remarks>
internal sealed class CertificateRenewal(IdentityStore store, AgentId id, string name, TimeProvider time, Random random) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly double _jitter = random.NextDouble();
    private ECDsa? _newKey;

    /// <summary>Whether it is time: two thirds of the certificate's life are over, and up to a twentieth more by chance.</summary>
    public bool IsDue()
    {
        using var certificate = store.Load();
        return time.GetUtcNow() >= DueAt(certificate.NotBefore, certificate.NotAfter, _jitter);
    }

    /// <summary>When a certificate is to be renewed. Agents enrolled together must not all come back at once.</summary>
    public static DateTimeOffset DueAt(DateTimeOffset notBefore, DateTimeOffset notAfter, double jitter)
    {
        var life = notAfter - notBefore;
        return notBefore + (life * 2 / 3) + (life / 20 * jitter);
    }

    /// <summary>Makes a new key and asks for a certificate for it.</summary>
    public byte[] Request()
    {
        lock (_gate)
        {
            _newKey ??= SigningRequest.NewKey();
            return SigningRequest.Create(_newKey, name);
        }
    }

    /// <summary>Stores the certificate that was asked for.</summary>
    /// <exception cref="InvalidDataException">It is not what was asked for; the present one stays.</exception>
    public void Accept(IReadOnlyList<byte[]> chain)
    {
        lock (_gate)
        {
            if (_newKey is null)
                throw new InvalidDataException("a certificate came that nobody asked for");
            store.Renew(_newKey, chain, id);
            _newKey.Dispose();
            _newKey = null;
        }
    }

    public void Dispose() => _newKey?.Dispose();
}
