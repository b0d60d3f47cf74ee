using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Controller.Tests.Notifications;

/// <summary>Certificates of mail servers for tests.</summary>
internal static class MailCertificate
{
    private static readonly DateTimeOffset s_from = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_to = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One that vouches for itself.</summary>
    public static X509Certificate2 SelfSigned(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Request(host, key).CreateSelfSigned(s_from, s_to);
    }

    /// <summary>An authority, and a certificate of it for a host.</summary>
    public static (X509Certificate2 Authority, X509Certificate2 Server) Issued(string host)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var authority = request.CreateSelfSigned(s_from, s_to);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var server = Request(host, key).Create(authority, s_from.AddDays(1), s_to.AddDays(-1), [1, 2, 3]);
        return (authority, server.CopyWithPrivateKey(key));
    }

    private static CertificateRequest Request(string host, ECDsa key)
    {
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        return request;
    }
}
