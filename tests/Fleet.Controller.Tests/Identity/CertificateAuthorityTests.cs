using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Identity;
using Fleet.Controller.Tests.Hosting;
using Fleet.Protocol.Identity;
using Fleet.Tests;

namespace Fleet.Controller.Tests.Identity;

[UnsupportedOSPlatform("windows")]
public sealed class CertificateAuthorityTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new(TimeProvider.System.GetUtcNow());

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Roots_are_kept_for_their_owner_alone_and_read_again()
    {
        var files = new TrustFiles(_directory.New("trust"));
        using var authority = Some.Authority(_time);
        files.Save(authority.Fleet, authority.Operators);

        File.GetUnixFileMode(_directory.New("trust/fleet-root.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(_directory.New("trust")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.ReadAllText(_directory.New("trust/operator-root.key")).ShouldStartWith("-----BEGIN PRIVATE KEY-----");
        var (fleet, operators) = files.Load();
        fleet.Fingerprint.ShouldBe(authority.Fleet.Fingerprint);
        operators.Fingerprint.ShouldBe(authority.Operators.Fingerprint);
        Should.Throw<IOException>(() => files.Save(authority.Fleet, authority.Operators));
    }

    [Fact]
    public void A_key_that_others_can_read_a_damaged_one_and_a_foreign_one_are_refused()
    {
        var files = new TrustFiles(_directory.New("trust"));
        using var authority = Some.Authority(_time);
        files.Save(authority.Fleet, authority.Operators);
        var key = _directory.New("trust/fleet-root.key");

        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Should.Throw<TrustException>(() => files.Load()).Message.ShouldContain($"chmod 600 {key}");

        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(key, authority.Operators.KeyPem);
        Should.Throw<TrustException>(() => files.Load()).Message.ShouldContain("does not belong to");
        File.WriteAllText(key, "nonsense");
        Should.Throw<TrustException>(() => files.Load()).Message.ShouldContain("is damaged");
        File.Delete(key);
        Should.Throw<TrustException>(() => files.Load()).Message.ShouldContain("cannot be read");
    }

    [Fact]
    public void The_controllers_key_outlives_its_certificates_and_a_restart()
    {
        var files = new TrustFiles(_directory.New("trust"));
        using var authority = Some.Authority(_time);
        files.Save(authority.Fleet, authority.Operators);

        using var first = files.LoadControllerKey();
        using var second = files.LoadControllerKey();
        second.ExportSubjectPublicKeyInfo().ShouldBe(first.ExportSubjectPublicKeyInfo());
        authority.IssueController().PublicKey.ExportSubjectPublicKeyInfo()
            .ShouldBe(authority.IssueController().PublicKey.ExportSubjectPublicKeyInfo());

        // Roots of an earlier version, which had no such file: it is made, for its owner alone.
        var path = _directory.New("trust/controller.key");
        File.Delete(path);
        using var made = files.LoadControllerKey();
        using var kept = files.LoadControllerKey();
        kept.ExportSubjectPublicKeyInfo().ShouldBe(made.ExportSubjectPublicKeyInfo());
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_certificate_names_its_holder_and_serves_clients_only()
    {
        using var authority = Some.Authority(_time);
        var issued = authority.Issue(new CertificateName(CertificateRole.Agent, Some.AgentId), Some.Key());
        using var certificate = X509CertificateLoader.LoadCertificate(issued.Der);

        CertificateName.Read(certificate).ShouldBe(new CertificateName(CertificateRole.Agent, Some.AgentId));
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Count.ShouldBe(1);
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority.ShouldBeFalse();
        certificate.NotBefore.ToUniversalTime().ShouldBe(_time.GetUtcNow().UtcDateTime.AddMinutes(-5), TimeSpan.FromSeconds(1));
        issued.NotAfter.ShouldBe(_time.GetUtcNow().AddDays(90), TimeSpan.FromSeconds(1));
        issued.Serial.Length.ShouldBeInRange(28, 34);
        authority.Issue(new CertificateName(CertificateRole.Agent, Some.AgentId), Some.Key()).Serial.ShouldNotBe(issued.Serial);
    }

    [Fact]
    public void Agents_believe_the_controllers_certificate_and_no_other_as_a_server()
    {
        using var authority = Some.Authority(_time);
        var trust = new PinnedTrust(authority.Fleet.Certificate);

        trust.Validate(this, authority.IssueController(), null, SslPolicyErrors.None).ShouldBeTrue(trust.LastRefusal);
        trust.Validate(this, Some.Certificate(authority, CertificateRole.Agent, Some.AgentId), null, SslPolicyErrors.None).ShouldBeFalse();
    }

    [Fact]
    public void No_certificate_outlives_its_root()
    {
        using var authority = Some.Authority(_time);
        _time.Advance(authority.Fleet.Certificate.NotAfter.ToUniversalTime() - _time.GetUtcNow().UtcDateTime - TimeSpan.FromDays(1));

        authority.Issue(new CertificateName(CertificateRole.Agent, Some.AgentId), Some.Key()).NotAfter.UtcDateTime
            .ShouldBe(authority.Fleet.Certificate.NotAfter.ToUniversalTime());
    }
}
