using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Controller.Identity;

/// <summary>
/// The public key of a certificate signing request whose sender has proved to hold the private one (the request is signed
/// with it). Nothing else is taken from the request: names and extensions are the controller's to give.
/// </summary>
internal sealed class RequestedKey
{
    // A P-256 request takes about 200 bytes.
    private const int LongestRequest = 8 * 1024;
    private const string EllipticCurveOid = "1.2.840.10045.2.1";
    private const string P256Oid = "1.2.840.10045.3.1.7";

    private RequestedKey(PublicKey key) => Key = key;

    /// <summary>The key.</summary>
    public PublicKey Key { get; }

    /// <summary>SHA-256 of the key, to tell keys apart.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Key.ExportSubjectPublicKeyInfo()));

    /// <summary>Reads a request.</summary>
    /// <param name="csr">PKCS #10, DER.</param>
    /// <param name="key">The key, where the result is true.</param>
    /// <param name="error">Where the result is false: what is wrong.</param>
    public static bool TryRead(ReadOnlySpan<byte> csr, [NotNullWhen(true)] out RequestedKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        error = csr.Length switch
        {
            0 => "the certificate signing request is empty",
            > LongestRequest => $"the certificate signing request has {csr.Length} bytes; at most {LongestRequest} are read",
            _ => null,
        };
        if (error is not null)
            return false;
        try
        {
            // Checks the signature, which proves possession of the private key.
            var request = CertificateRequest.LoadSigningRequest(csr.ToArray(), HashAlgorithmName.SHA256);
            if (!IsP256(request.PublicKey))
                error = "the certificate signing request has a key of another kind: Fleet's keys are ECDSA on P-256";
            else
                key = new RequestedKey(request.PublicKey);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or ArgumentException or NotSupportedException)
        {
            error = "the certificate signing request cannot be read, or is not signed with the key it names (PKCS #10 in DER is expected)";
        }

        return error is null;
    }

    private static bool IsP256(PublicKey key)
    {
        if (key.Oid.Value != EllipticCurveOid || key.EncodedParameters is not { } encoded)
            return false;
        // A named curve: parameters spelled out could describe a weak one that only looks like P-256.
        var parameters = new AsnReader(encoded.RawData, AsnEncodingRules.DER);
        return parameters.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier) && parameters.ReadObjectIdentifier() == P256Oid;
    }
}
