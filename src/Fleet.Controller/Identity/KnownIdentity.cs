using System.Diagnostics.CodeAnalysis;
using Fleet.Protocol.Identity;
using Fleet.Storage;

namespace Fleet.Controller.Identity;

/// <summary>An identity that may come in, and the switch that turns everything off that it has open.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer; callers may hold its token longer than the directory holds this.")]
internal sealed class KnownIdentity
{
    // One life of a certificate sees one renewal, or a few where replies get lost.
    private const int MostCertificates = 8;
    private readonly CancellationTokenSource _revocation = new();
    private (string Serial, DateTimeOffset NotAfter)[] _certificates;

    public KnownIdentity(AgentRecord agent, string? keyHash = null, IEnumerable<SupersededCertificate>? superseded = null)
    {
        Name = new CertificateName(CertificateRole.Agent, agent.Id);
        _certificates = [.. (superseded ?? []).Select(earlier => (earlier.Serial, earlier.NotAfter)), (agent.CertificateSerial, agent.CertificateNotAfter)];
        KeyHash = keyHash;
        Caller = new CallerIdentity.Agent(agent.Id, agent.Name) { Revoked = _revocation.Token };
    }

    public KnownIdentity(OperatorRecord person, string? keyHash = null)
    {
        Name = new CertificateName(CertificateRole.Operator, person.Id);
        _certificates = [(person.CertificateSerial, person.CertificateNotAfter)];
        KeyHash = keyHash;
        Caller = new CallerIdentity.Operator(person.Id, person.Name, person.Role) { Revoked = _revocation.Token };
    }

    /// <summary>As it stands in the certificates.</summary>
    public CertificateName Name { get; }

    /// <summary>What its connections show.</summary>
    public CallerIdentity Caller { get; }

    /// <summary>The certificates that it may hold: the one that the store knew when this was made, and those of its renewals since.</summary>
    public IReadOnlyList<(string Serial, DateTimeOffset NotAfter)> Certificates => Volatile.Read(ref _certificates);

    /// <summary>Hash of the public key it enrolled with; null where it enrolled before this process began.</summary>
    public string? KeyHash { get; }

    /// <summary>It was given another certificate.</summary>
    public void Renewed(IssuedCertificate issued)
    {
        lock (_revocation)
            Volatile.Write(ref _certificates, [.. _certificates.TakeLast(MostCertificates - 1), (issued.Serial, issued.NotAfter)]);
    }

    /// <summary>Whether this is its newest certificate, and there are earlier ones.</summary>
    public bool IsRenewedWith(string serial) =>
        Certificates is { Count: > 1 } known && known[^1].Serial.Equals(serial, StringComparison.OrdinalIgnoreCase);

    /// <summary>The certificates before this one are revoked.</summary>
    public void Confirmed(string serial)
    {
        lock (_revocation)
            Volatile.Write(ref _certificates, [.. _certificates.SkipWhile(known => !known.Serial.Equals(serial, StringComparison.OrdinalIgnoreCase))]);
    }

    /// <summary>Ends everything that the identity has open.</summary>
    public void Cut() => _revocation.Cancel();
}
