using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Protocol.Identity;

/// <summary>What the holder of a certificate is.</summary>
public enum CertificateRole
{
    /// <summary>A controller of this fleet.</summary>
    Controller,

    /// <summary>An agent.</summary>
    Agent,

    /// <summary>An operator.</summary>
    Operator,
}

/// <summary>
/// Whom a certificate of the fleet names: the one URI of its subject alternative name (RFC 5280, 4.2.1.6), for example
/// <c>fleet://agent/a-0123456789abcdef</c>.
/// </summary>
/// <param name="Role">What the holder is.</param>
/// <param name="Id">Its id; empty for a controller.</param>
public sealed record CertificateName(CertificateRole Role, string Id)
{
    private const string AlternativeNameOid = "2.5.29.17";
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>The name as it stands in the certificate.</summary>
    public string ToUri() => Role == CertificateRole.Controller ? "fleet://controller" : $"fleet://{Segment(Role)}/{Id}";

    /// <summary>Reads the name out of a certificate; null where it has none, several, or one of another form.</summary>
    public static CertificateName? Read(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.FirstOrDefault(e => e.Oid?.Value == AlternativeNameOid);
        if (extension is null)
            return null;
        try
        {
            return SingleUri(extension.RawData) is { } uri ? Parse(uri) : null;
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return null;
        }
    }

    private static string? SingleUri(byte[] extension)
    {
        string? uri = null;
        var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            if (!names.PeekTag().HasSameClassAndValue(UriTag))
            {
                names.ReadEncodedValue();
                continue;
            }

            if (uri is not null)
                return null;
            uri = names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag);
        }

        return uri;
    }

    private static CertificateName? Parse(string uri)
    {
        if (uri == "fleet://controller")
            return new CertificateName(CertificateRole.Controller, "");
        foreach (var role in (ReadOnlySpan<CertificateRole>)[CertificateRole.Agent, CertificateRole.Operator])
        {
            var prefix = $"fleet://{Segment(role)}/";
            if (uri.StartsWith(prefix, StringComparison.Ordinal) && uri.Length > prefix.Length)
                return new CertificateName(role, uri[prefix.Length..]);
        }

        return null;
    }

    private static string Segment(CertificateRole role) => role == CertificateRole.Agent ? "agent" : "operator";
}
