using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Protocol.Identity;

namespace Fleet.Controller.Identity;

/// <summary>
/// Decides who the holder of a client certificate is. A certificate that is refused makes its holder anonymous, with the
/// reason: in TLS 1.3 the client's handshake is over before the server sees the certificate, so an alert would reach it as
/// a connection that breaks for no reason, while a status can say why.
/// </summary>
internal sealed class ClientCertificateValidator(CertificateAuthority authority, IdentityDirectory directory, TimeProvider time)
{
    private const string ClientAuthenticationOid = "1.3.6.1.5.5.7.3.2";
    private static readonly CallerIdentity.Anonymous s_noCertificate = new("no client certificate was shown; enroll, or log in, first");

    /// <summary>
    /// How the framework builds the chain that <see cref="Judge"/> looks at: to the two roots alone, without the network and
    /// the system's trust store. Time is left out here because the judge has its own clock.
    /// </summary>
    public X509ChainPolicy CreateChainPolicy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { authority.Fleet.Certificate, authority.Operators.Certificate },
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
        VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid,
        ApplicationPolicy = { new Oid(ClientAuthenticationOid) },
    };

    /// <summary>Judges a certificate by the chain built for it.</summary>
    public CallerIdentity Judge(X509Certificate2? certificate, X509Chain? chain)
    {
        // 1. Nothing shown: whoever wants to enroll.
        if (certificate is null || chain is null)
            return s_noCertificate;

        // 2. Whom does it name? Only agents and operators call.
        if (CertificateName.Read(certificate) is not { Role: CertificateRole.Agent or CertificateRole.Operator } name)
            return Refuse("the client certificate names neither an agent nor an operator");

        // 3. May it be used by a client?
        if (!AllowsClients(certificate))
            return Refuse("the client certificate is not meant for clients");

        // 4. Signed by the one root that vouches for this role, directly?
        if (Flags(chain) is var flags && flags != X509ChainStatusFlags.NoError)
            return Refuse($"the client certificate was not issued by this fleet ({flags})");
        if (chain.ChainElements is not [_, var root] || !IsRoot(root.Certificate, name.Role))
            return Refuse("the client certificate was issued by the wrong root for what it names");

        // 5. Valid now, by this machine's clock?
        var now = time.GetUtcNow().UtcDateTime;
        if (now < certificate.NotBefore.ToUniversalTime())
        {
            return Refuse(
                $"the client certificate is valid from {certificate.NotBefore.ToUniversalTime():u} on, but by the controller's clock it is {now:u}: compare the clocks",
                IdentityRefusal.NotYetValid);
        }

        if (now > certificate.NotAfter.ToUniversalTime())
            return Refuse($"the client certificate was valid until {certificate.NotAfter.ToUniversalTime():u}, and by the controller's clock it is {now:u}: enroll again, or compare the clocks");

        // 6. Still wanted?
        if (directory.IsRevoked(certificate.SerialNumber))
            return Refuse("the client certificate was revoked; enroll again with a new token");
        if (directory.Find(name) is { } known)
            return known.Caller;
        return directory.WasRemoved(name)
            ? Refuse("this identity was removed from the fleet; enroll again with a new token")
            : Refuse(
                $"{name.Id} is unknown to this controller: its store may be another one, or from before that enrolled; "
                + "wait until the right store is back, or enroll again with a new token",
                IdentityRefusal.Unknown);
    }

    private static X509ChainStatusFlags Flags(X509Chain chain) =>
        chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status) & ~X509ChainStatusFlags.NotTimeValid;

    private static bool AllowsClients(X509Certificate2 certificate) => certificate.Extensions
        .OfType<X509EnhancedKeyUsageExtension>()
        .Any(extension => extension.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == ClientAuthenticationOid));

    private bool IsRoot(X509Certificate2 root, CertificateRole role) =>
        root.RawDataMemory.Span.SequenceEqual(authority.RootOf(role).Certificate.RawDataMemory.Span);

    private static CallerIdentity.Anonymous Refuse(string reason, string? refusal = null) => new(reason) { Refusal = refusal };
}
