using System.Diagnostics.CodeAnalysis;
using Fleet.Protocol.Identity;
using Fleet.Storage;

namespace Fleet.Controller.Identity;

/// <summary>An identity that may come in, and the switch that turns everything off that it has open.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer; callers may hold its token longer than the directory holds this.")]
internal sealed class KnownIdentity
{
    private readonly CancellationTokenSource _revocation = new();

    public KnownIdentity(AgentRecord agent, string? keyHash = null)
    {
        Name = new CertificateName(CertificateRole.Agent, agent.Id);
        CertificateSerial = agent.CertificateSerial;
        CertificateNotAfter = agent.CertificateNotAfter;
        KeyHash = keyHash;
        Caller = new CallerIdentity.Agent(agent.Id, agent.Name) { Revoked = _revocation.Token };
    }

    public KnownIdentity(OperatorRecord person, string? keyHash = null)
    {
        Name = new CertificateName(CertificateRole.Operator, person.Id);
        CertificateSerial = person.CertificateSerial;
        CertificateNotAfter = person.CertificateNotAfter;
        KeyHash = keyHash;
        Caller = new CallerIdentity.Operator(person.Id, person.Name, person.Role) { Revoked = _revocation.Token };
    }

    /// <summary>As it stands in the certificates.</summary>
    public CertificateName Name { get; }

    /// <summary>What its connections show.</summary>
    public CallerIdentity Caller { get; }

    /// <summary>Serial of the certificate that the store holds as its latest when this was made.</summary>
    public string CertificateSerial { get; }

    /// <summary>When that certificate ends.</summary>
    public DateTimeOffset CertificateNotAfter { get; }

    /// <summary>Hash of the public key it enrolled with; null where it enrolled before this process began.</summary>
    public string? KeyHash { get; }

    /// <summary>Ends everything that the identity has open.</summary>
    public void Cut() => _revocation.Cancel();
}
