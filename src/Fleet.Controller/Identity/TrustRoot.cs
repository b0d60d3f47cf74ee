using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Protocol.Identity;

namespace Fleet.Controller.Identity;

/// <summary>A self-signed root and its key: signs the certificates directly below it, and nothing deeper.</summary>
internal sealed class TrustRoot : IDisposable
{
    /// <summary>Certificates begin this long before they are made, for hosts whose clocks are behind.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private const int SerialBytes = 16;
    private const int LifeYears = 20;
    private readonly ECDsa _key;

    public TrustRoot(X509Certificate2 certificate, ECDsa key)
    {
        Certificate = certificate;
        _key = key;
    }

    /// <summary>The root certificate, without its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the certificate (DER).</summary>
    public byte[] Fingerprint => SHA256.HashData(Certificate.RawData);

    /// <summary>Of the fleet's root: the fleet's id, as it stands in its store.</summary>
    public string FleetId => Convert.ToHexStringLower(Fingerprint);

    /// <summary>The private key in PKCS #8.</summary>
    public string KeyPem => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>Makes a new root.</summary>
    public static TrustRoot Create(string commonName, DateTimeOffset now)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var signed = request.Create(
            request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now - ClockSkew, now.AddYears(LifeYears), NewSerial());
        return new TrustRoot(X509CertificateLoader.LoadCertificate(signed.RawData), key);
    }

    /// <summary>Signs a certificate for somebody's public key. The same key usage for all; what it may be used for is in <paramref name="purposes"/>.</summary>
    public IssuedCertificate Issue(CertificateName name, PublicKey publicKey, OidCollection purposes, DateTimeOffset now, TimeSpan life)
    {
        var request = new CertificateRequest(
            new X500DistinguishedName($"CN={(name.Id.Length > 0 ? name.Id : "fleet-controller")}"), publicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(AlternativeName(name.ToUri()));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, critical: true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));

        // A certificate must not outlive its root: nobody would accept it then.
        var end = new DateTimeOffset(Certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);
        var notAfter = now + life < end ? now + life : end;
        using var signed = request.Create(
            Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), now - ClockSkew, notAfter, NewSerial());
        return new IssuedCertificate(signed.RawData, signed.SerialNumber, new DateTimeOffset(signed.NotAfter.ToUniversalTime(), TimeSpan.Zero));
    }

    public void Dispose()
    {
        _key.Dispose();
        Certificate.Dispose();
    }

    // Written out: the framework's builder takes a Uri, which turns fleet://controller into fleet://controller/.
    private static X509Extension AlternativeName(string uri)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
            writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
        return new X509Extension(new Oid("2.5.29.17"), writer.Encode(), critical: false);
    }

    // 128 random bits: unguessable, and never given twice without any counter to keep.
    private static byte[] NewSerial() => RandomNumberGenerator.GetBytes(SerialBytes);
}
