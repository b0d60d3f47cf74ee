using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Agent.Identity;
using Fleet.Protocol.Identity;
using Fleet.Tests;

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

    [Theory]
    [InlineData(0, 6.6, 10, "a certificate of ten minutes is due before the usual look")]
    [InlineData(7, 0.75, 10, "an unanswered request comes again, several times before the end")]
    [InlineData(9.9, 1 / 12.0, 10, "but not faster and faster")]
    [InlineData(11, 10, 10, "nothing is gained by hurry when it has ended")]
    [InlineData(0, 1, 1, "never later than usual")]
    public void It_is_looked_at_when_it_is_due_however_short_its_life(double minutes, double expected, double usual, string because)
    {
        var time = new ManualTime();
        var start = new DateTimeOffset(time.GetUtcNow().Year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var key = SigningRequest.NewKey();
        var issued = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=web1", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(start, start.AddMinutes(10));
        new IdentityFiles(_directory.Path).SaveIdentity(key, [issued.RawData]);
        issued.Dispose();
        time.Advance(start.AddMinutes(minutes) - time.GetUtcNow());
        using var renewal = new CertificateRenewal(_store, s_id, "web1", time, new NoChance());

        renewal.NextLook(TimeSpan.FromMinutes(usual)).TotalMinutes.ShouldBe(expected, 0.1, because);
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
        Should.Throw<InvalidDataException>(() => renewal.Accept([_fleet.Issue(SigningRequest.Create(stranger, "x"))])).Message.ShouldContain("was not requested");
        var csr = renewal.Request();
        Should.Throw<InvalidDataException>(() => renewal.Accept([])).Message.ShouldContain("no certificate");
        Should.Throw<InvalidDataException>(() => renewal.Accept([[1, 2, 3]])).Message.ShouldContain("cannot be read");
        Should.Throw<InvalidDataException>(() => renewal.Accept([_fleet.Issue(SigningRequest.Create(stranger, "x"))])).Message.ShouldContain("another key");
        Should.Throw<InvalidDataException>(() => renewal.Accept([_fleet.Issue(csr, "a-zzzzzzzzzzzzzzzz")])).Message.ShouldContain("somebody else");
        Serial().ShouldBe(before);
    }

    private sealed class NoChance : Random
    {
        public override double NextDouble() => 0;
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
