using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Identity;
using Fleet.Protocol.Identity;

namespace Fleet.Controller.Tests.Identity;

/// <summary>What clients ask of a controller's certificate besides who signed it.</summary>
public sealed class ServerPurposeTests
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    [Theory]
    [InlineData(new[] { ServerAuthentication, ClientAuthentication }, null)]
    [InlineData(new[] { ServerAuthentication }, null)]
    [InlineData(new[] { ClientAuthentication }, "refused")]
    [InlineData(new string[0], "refused")]
    public void It_is_meant_for_servers(string[] purposes, string? refusal)
    {
        using var root = TrustRoot.Create("fleet", TimeProvider.System.GetUtcNow());
        using var key = SigningRequest.NewKey();
        var oids = new OidCollection();
        foreach (var purpose in purposes)
            oids.Add(new Oid(purpose));
        var issued = root.Issue(
            new CertificateName(CertificateRole.Controller, ""), new PublicKey(key), oids, TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(1));
        using var certificate = X509CertificateLoader.LoadCertificate(issued.Der);
        var trust = new PinnedTrust(root.Certificate);

        trust.Validate(this, certificate, null, SslPolicyErrors.None).ShouldBe(refusal is null);

        if (refusal is not null)
            trust.LastRefusal.ShouldNotBeNull().ShouldContain("certificate");
    }

    [Fact]
    public void One_that_names_no_use_at_all_is_none_of_ours()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        var self = new CertificateRequest("CN=root", rootKey, HashAlgorithmName.SHA256);
        self.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = self.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=controller", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("fleet://controller"));
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(root, now.AddHours(-1), now.AddHours(1), [1, 2, 3]);
        var trust = new PinnedTrust(root);

        trust.Validate(this, certificate, null, SslPolicyErrors.None).ShouldBeFalse();
        trust.LastRefusal.ShouldBe("its certificate is not meant for servers");
    }
}
