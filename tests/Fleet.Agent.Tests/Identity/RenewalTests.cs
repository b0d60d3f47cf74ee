using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Agent.Identity;
using Fleet.Protocol.Identity;

namespace Fleet.Agent.Tests.Identity;

public sealed class RenewalTests : IDisposable
{
    private static readonly Fleet.Protocol.Identifiers.AgentId s_id = Fleet.Protocol.Identifiers.AgentId.Parse(TestFleet.AgentId);
    private readonly TemporaryDirectory _directory = new();
    private readonly TestFleet _fleet = new();
    private readonly IdentityStore _store;

    public RenewalTests()
    {
        _store = new IdentityStore(_directory.Path);
        using var key = SigningRequest.NewKey();
        new IdentityFiles(_directory.Path).SaveRoot(_fleet.Root.RawData);
        new IdentityFiles(_directory.Path).SaveIdentity(key, [_fleet.Issue(SigningRequest.Create(key, "web1"))]);
    }

    public void Dispose()
    {
        _fleet.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(1, 64.5)]
    public void It_is_due_at_two_thirds_of_the_life_and_a_little_more_by_chance(double jitter, double days)
    {
        var start = DateTimeOffset.UnixEpoch;
        CertificateRenewal.DueAt(start, start.AddDays(90), jitter).ShouldBe(start.AddDays(days));
    }

    [Fact]
    public void The_former_certificate_stays_until_a_link_was_made_with_the_new_one()
    {
        var former = Serial();
        using var renewal = new CertificateRenewal(_store, s_id, "web1", TimeProvider.System, new Random(1));
        renewal.IsDue().ShouldBeFalse();
        renewal.Accept([_fleet.Issue(renewal.Request())]);
        var renewed = Serial();
        renewed.ShouldNotBe(former);

        _store.NoteRefused();
        Serial().ShouldBe(former, "a certificate that is not accepted must not lock the agent out");
        _store.NoteRefused();
        Serial().ShouldBe(renewed);

        _store.NoteAccepted();
        _store.NoteRefused();
        Serial().ShouldBe(renewed, "there is no former one any longer");
    }

    [Fact]
    public void What_was_not_asked_for_is_not_stored()
    {
        var before = Serial();
        using var renewal = new CertificateRenewal(_store, s_id, "web1", TimeProvider.System, new Random(1));
        using var stranger = SigningRequest.NewKey();
        Should.Throw<InvalidDataException>(() => renewal.Accept([_fleet.Issue(SigningRequest.Create(stranger, "x"))])).Message.ShouldContain("nobody asked for");
        var csr = renewal.Request();
        Should.Throw<InvalidDataException>(() => renewal.Accept([])).Message.ShouldContain("no certificate");
        Should.Throw<InvalidDataException>(() => renewal.Accept([[1, 2, 3]])).Message.ShouldContain("cannot be read");
        Should.Throw<InvalidDataException>(() => renewal.Accept([_fleet.Issue(SigningRequest.Create(stranger, "x"))])).Message.ShouldContain("another key");
        Should.Throw<InvalidDataException>(() => renewal.Accept([_fleet.Issue(csr, "a-zzzzzzzzzzzzzzzz")])).Message.ShouldContain("somebody else");
        Serial().ShouldBe(before);
    }

    private string Serial()
    {
        using var certificate = _store.Load();
        certificate.HasPrivateKey.ShouldBeTrue();
        using var key = certificate.GetECDsaPrivateKey();
        key!.SignData([1], HashAlgorithmName.SHA256).ShouldNotBeEmpty();
        return certificate.SerialNumber;
    }
}
