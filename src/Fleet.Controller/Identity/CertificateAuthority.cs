using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Identity;

namespace Fleet.Controller.Identity;

/// <summary>
/// The fleet's two trust roots. They are apart so that a job signed by an operator can be verified on an agent without
/// trusting the controller.
/// </summary>
internal sealed class CertificateAuthority(
    TrustRoot fleet, TrustRoot operators, ECDsa controllerKey, Reloadable<CertificateOptions> options, TimeProvider time) : IDisposable
{
    private const string ServerAuthenticationOid = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthenticationOid = "1.3.6.1.5.5.7.3.2";

    /// <summary>Signs controllers and agents.</summary>
    public TrustRoot Fleet => fleet;

    /// <summary>Signs operators.</summary>
    public TrustRoot Operators => operators;

    /// <summary>
    /// SHA-256 of the controller's public key (SubjectPublicKeyInfo, RFC 7469 section 2.4): what curl pins. Renewals keep the key.
    /// </summary>
    public byte[] ControllerKeyHash => SHA256.HashData(controllerKey.ExportSubjectPublicKeyInfo());

    /// <summary>The root that vouches for holders of a role.</summary>
    public TrustRoot RootOf(CertificateRole role) => role == CertificateRole.Operator ? operators : fleet;

    /// <summary>Makes a certificate for an agent or an operator.</summary>
    public IssuedCertificate Issue(CertificateName name, RequestedKey key) => name.Role switch
    {
        CertificateRole.Agent => fleet.Issue(name, key.Key, [new Oid(ClientAuthenticationOid)], time.GetUtcNow(), options.Value.AgentLifetime),
        CertificateRole.Operator => operators.Issue(name, key.Key, [new Oid(ClientAuthenticationOid)], time.GetUtcNow(), options.Value.OperatorLifetime),
        _ => throw new ArgumentException("a controller makes its certificate itself", nameof(name)),
    };

    /// <summary>Makes a certificate for this controller's key.</summary>
    public X509Certificate2 IssueController()
    {
        var request = new CertificateRequest("CN=fleet-controller", controllerKey, HashAlgorithmName.SHA256);
        var issued = fleet.Issue(
            new CertificateName(CertificateRole.Controller, ""),
            request.PublicKey,
            [new Oid(ServerAuthenticationOid), new Oid(ClientAuthenticationOid)],
            time.GetUtcNow(),
            options.Value.ControllerLifetime);
        using var certificate = X509CertificateLoader.LoadCertificate(issued.Der);
        return certificate.CopyWithPrivateKey(controllerKey);
    }

    public void Dispose()
    {
        fleet.Dispose();
        operators.Dispose();
        controllerKey.Dispose();
    }
}
