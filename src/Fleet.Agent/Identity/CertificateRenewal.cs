using System.Security.Cryptography;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;

namespace Fleet.Agent.Identity;

/// <summary>Knows when the certificate is to be renewed, and holds the new key until the certificate for it is here.</summary>
/// <remarks>Used by one link at a time; guarded because its upkeep asks and its reader receives.</remarks>
internal sealed class CertificateRenewal(IdentityStore store, AgentId id, string name, TimeProvider time, Random random) : IDisposable
{
    private static readonly TimeSpan s_leastWait = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly double _jitter = random.NextDouble();
    private ECDsa? _newKey;

    /// <summary>Whether it is time: two thirds of the certificate's life are over, and up to a twentieth more by chance.</summary>
    public bool IsDue()
    {
        using var certificate = store.Load();
        return time.GetUtcNow() >= DueAt(certificate.NotBefore, certificate.NotAfter, _jitter);
    }

    /// <summary>How long until <see cref="IsDue"/> is to be asked again.</summary>
    /// <param name="usual">At most so long.</param>
    /// <returns>
    /// Until the certificate is due; once it is, so soon that a request which was lost is made several times more before the certificate ends.
    /// </returns>
    public TimeSpan NextLook(TimeSpan usual)
    {
        using var certificate = store.Load();
        var now = time.GetUtcNow();
        var due = DueAt(certificate.NotBefore, certificate.NotAfter, _jitter);
        var wait = now < due ? due - now : now < certificate.NotAfter ? (certificate.NotAfter - now) / 4 : usual;
        return wait > usual ? usual : wait < s_leastWait ? s_leastWait : wait;
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
                throw new InvalidDataException("received a certificate that was not requested");
            store.Renew(_newKey, chain, id);
            _newKey.Dispose();
            _newKey = null;
        }
    }

    public void Dispose() => _newKey?.Dispose();
}
