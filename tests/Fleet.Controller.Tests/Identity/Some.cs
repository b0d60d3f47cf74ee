using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Identity;
using Fleet.Protocol.Identity;
using Fleet.Storage;
using Fleet.Tests;

namespace Fleet.Controller.Tests.Identity;

/// <summary>Builders of what these tests need and do not care about.</summary>
internal static class Some
{
    public const string AgentId = "a-0000000000000001";
    public const string OperatorId = "o-0000000000000001";

    public static CertificateAuthority Authority(ManualTime time, CertificateOptions? options = null) => new(
        TrustRoot.Create("test fleet", time.GetUtcNow()), TrustRoot.Create("test operators", time.GetUtcNow()),
        ECDsa.Create(ECCurve.NamedCurves.nistP256), options ?? new CertificateOptions(), time);

    public static RequestedKey Key()
    {
        using var key = SigningRequest.NewKey();
        RequestedKey.TryRead(SigningRequest.Create(key, "x"), out var requested, out _).ShouldBeTrue();
        return requested!;
    }

    public static X509Certificate2 Certificate(CertificateAuthority authority, CertificateRole role, string id) =>
        X509CertificateLoader.LoadCertificate(authority.Issue(new CertificateName(role, id), Key()).Der);

    /// <summary>A certificate as the authority would never make one.</summary>
    public static X509Certificate2 Odd(TrustRoot root, CertificateName? name, string purpose, DateTimeOffset now)
    {
        if (name is not null)
            return X509CertificateLoader.LoadCertificate(root.Issue(name, Key().Key, [new Oid(purpose)], now, TimeSpan.FromDays(1)).Der);
        using var key = ECDsa.Create();
        key.ImportFromPem(root.KeyPem);
        var request = new CertificateRequest(new X500DistinguishedName("CN=nobody"), Key().Key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: true));
        return request.Create(root.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now.AddMinutes(-5), now.AddDays(1), [1, 2, 3]);
    }

    public static AgentRecord Agent(string id = AgentId, string serial = "00") => new()
    {
        Id = id,
        Name = "web1",
        EnrollmentId = "enrollment-1",
        Labels = new Dictionary<string, string>(),
        Facts = new Dictionary<string, string>(),
        CertificateSerial = serial,
        CertificateNotAfter = DateTimeOffset.UnixEpoch,
        EnrolledAt = DateTimeOffset.UnixEpoch,
        EnrolledByToken = "t-0",
    };

    public static OperatorRecord Operator(string id = OperatorId, OperatorRole role = OperatorRole.Operator) => new()
    {
        Id = id,
        Name = "ada",
        Role = role,
        CertificateSerial = "00",
        CertificateNotAfter = DateTimeOffset.UnixEpoch,
        CreatedAt = DateTimeOffset.UnixEpoch,
        EnrollmentId = "enrollment-1",
    };
}
