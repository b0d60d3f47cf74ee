using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Protocol.Identity;

/// <summary>Makes keys and certificate signing requests. The private key never leaves the machine that made it.</summary>
public static class SigningRequest
{
    /// <summary>A new key on the one curve that Fleet uses, P-256.</summary>
    public static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>A PKCS #10 request (RFC 2986), DER. Its subject is only a hint: the controller decides who the key belongs to.</summary>
    public static byte[] Create(ECDsa key, string name) =>
        new CertificateRequest($"CN={Escape(name)}", key, HashAlgorithmName.SHA256).CreateSigningRequest();

    private static string Escape(string name) => "\"" + name.Replace("\"", "", StringComparison.Ordinal) + "\"";
}
