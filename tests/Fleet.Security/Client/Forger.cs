using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Security.Client;

/// <summary>Makes certificates of every wrong kind, some of them with the fleet's real keys.</summary>
/// <param name="trustDirectory">The controller's trust directory.</param>
internal sealed class Forger(string trustDirectory)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>A root of the fleet, with its key: "fleet-root" or "operator-root".</summary>
    public X509Certificate2 Root(string name)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(trustDirectory, name + ".pem")));
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(trustDirectory, name + ".key")));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>A root that looks like the real one and has another key.</summary>
    public X509Certificate2 FalseRoot(string name)
    {
        using var real = Root(name);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(real.SubjectName, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        using var signed = request.Create(real.SubjectName, X509SignatureGenerator.CreateForECDsa(key), real.NotBefore, real.NotAfter, real.SerialNumberBytes.Span);
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>A certificate for somebody, signed by an issuer that has its key; by itself where there is none.</summary>
    public static X509Certificate2 Issue(X509Certificate2? issuer, Wish wish)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=forged", key, HashAlgorithmName.SHA256);
        if (wish.Uris.Length > 0)
            request.CertificateExtensions.Add(AlternativeNames(wish.Uris));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(wish.IsAuthority, false, 0, critical: true));
        if (wish.Usage is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(wish.Usage)], critical: true));
        var (from, to) = (TimeProvider.System.GetUtcNow() + wish.From, TimeProvider.System.GetUtcNow() + wish.To);
        if (issuer is null)
            return request.CreateSelfSigned(from, to);
        using var issuerKey = issuer.GetECDsaPrivateKey()!;
        using var signed = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), from, to, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }

    // Written out: the framework's builder changes fleet://controller.
    private static X509Extension AlternativeNames(string[] uris)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var uri in uris)
                writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
        }

        return new X509Extension(new Oid("2.5.29.17"), writer.Encode(), critical: false);
    }

    /// <summary>What the certificate is to say.</summary>
    /// <param name="Uris">Whom it names.</param>
    internal sealed record Wish(params string[] Uris)
    {
        public bool IsAuthority { get; init; }

        /// <summary>What it may be used for; null: the extension is left out.</summary>
        public string? Usage { get; init; } = ClientAuthentication;

        public TimeSpan From { get; init; } = TimeSpan.FromMinutes(-5);

        public TimeSpan To { get; init; } = TimeSpan.FromDays(1);

        public Wish ForServers() => this with { Usage = ServerAuthentication };
    }
}
