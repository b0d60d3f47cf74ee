using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Identity;
using Fleet.Protocol.Identity;
using Fleet.Storage;
using Fleet.Tests;

namespace Fleet.Controller.Tests.Identity;

public sealed class ClientCertificateValidatorTests
{
    private const string ForClients = "1.3.6.1.5.5.7.3.2";
    private const string ForServers = "1.3.6.1.5.5.7.3.1";
    private static readonly CertificateName s_agent = new(CertificateRole.Agent, Some.AgentId);
    private static readonly CertificateName s_operator = new(CertificateRole.Operator, Some.OperatorId);

    private readonly ManualTime _time = new(TimeProvider.System.GetUtcNow());
    private readonly CertificateAuthority _authority;
    private readonly IdentityDirectory _directory = new();
    private readonly ClientCertificateValidator _judge;

    public ClientCertificateValidatorTests()
    {
        _authority = Some.Authority(_time);
        _judge = new ClientCertificateValidator(_authority, _directory, _time);
        _directory.Admit(new KnownIdentity(Some.Agent()));
        _directory.Admit(new KnownIdentity(Some.Operator()));
    }

    [Fact]
    public void An_agent_and_an_operator_are_known_by_their_certificates()
    {
        Judge(Some.Certificate(_authority, CertificateRole.Agent, Some.AgentId))
            .ShouldBeOfType<CallerIdentity.Agent>().Name.ShouldBe("web1");
        Judge(Some.Certificate(_authority, CertificateRole.Operator, Some.OperatorId))
            .ShouldBeOfType<CallerIdentity.Operator>().Role.ShouldBe(OperatorRole.Operator);
    }

    [Fact]
    public void Nobody_is_who_shows_nothing() => Refusal(_judge.Judge(null, null)).ShouldContain("no client certificate");

    [Fact]
    public void Another_fleets_certificate_is_refused()
    {
        using var other = Some.Authority(_time);
        Refusal(Judge(Some.Certificate(other, CertificateRole.Agent, Some.AgentId))).ShouldContain("not issued by this fleet");
    }

    [Fact]
    public void Each_root_vouches_for_its_own_kind_only()
    {
        Refusal(Judge(Some.Odd(_authority.Operators, s_agent, ForClients, _time.GetUtcNow()))).ShouldContain("wrong root");
        Refusal(Judge(Some.Odd(_authority.Fleet, s_operator, ForClients, _time.GetUtcNow()))).ShouldContain("wrong root");
    }

    [Fact]
    public void A_certificate_for_servers_makes_no_client() =>
        Refusal(Judge(Some.Odd(_authority.Fleet, s_agent, ForServers, _time.GetUtcNow()))).ShouldContain("not meant for clients");

    [Fact]
    public void A_certificate_must_name_an_agent_or_an_operator()
    {
        Refusal(Judge(Some.Odd(_authority.Fleet, null, ForClients, _time.GetUtcNow()))).ShouldContain("names neither");
        Refusal(Judge(_authority.IssueController())).ShouldContain("names neither");
        Refusal(Judge(_authority.Fleet.Certificate)).ShouldContain("names neither");
    }

    [Fact]
    public void A_certificate_counts_only_within_its_time_and_a_clock_that_is_behind_is_named()
    {
        var certificate = Some.Certificate(_authority, CertificateRole.Agent, Some.AgentId);
        _time.Advance(TimeSpan.FromDays(-1));
        var early = Judge(certificate).ShouldBeOfType<CallerIdentity.Anonymous>();
        early.Reason.ShouldContain($"by the controller's clock it is {_time.GetUtcNow().UtcDateTime:u}: compare the clocks");
        early.Refusal.ShouldBe(IdentityRefusal.NotYetValid);
        _time.Advance(TimeSpan.FromDays(1));
        Judge(certificate).ShouldBeOfType<CallerIdentity.Agent>();
        _time.Advance(TimeSpan.FromDays(90) + TimeSpan.FromSeconds(1));
        var late = Judge(certificate).ShouldBeOfType<CallerIdentity.Anonymous>();
        late.Reason.ShouldContain("was valid until");
        late.Reason.ShouldContain("enroll again, or compare the clocks");
        late.Refusal.ShouldBeNull();
    }

    [Fact]
    public void A_revoked_certificate_and_a_removed_identity_are_refused()
    {
        var certificate = Some.Certificate(_authority, CertificateRole.Agent, Some.AgentId);
        _directory.RevokeSerial(certificate.SerialNumber);
        Refusal(Judge(certificate)).ShouldContain("was revoked");

        _directory.Expel(s_agent).ShouldBeTrue();
        var removed = Judge(Some.Certificate(_authority, CertificateRole.Agent, Some.AgentId)).ShouldBeOfType<CallerIdentity.Anonymous>();
        removed.Reason.ShouldContain("was removed");
        removed.Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData(CertificateRole.Agent, "a-")]
    [InlineData(CertificateRole.Operator, "o-")]
    public void Who_is_of_this_fleet_but_not_in_its_store_is_unknown_and_not_removed(CertificateRole role, string prefix)
    {
        var id = prefix + "0000000000000000";

        var unknown = Judge(Some.Certificate(_authority, role, id)).ShouldBeOfType<CallerIdentity.Anonymous>();

        unknown.Reason.ShouldStartWith($"{id} is unknown to this controller");
        unknown.Refusal.ShouldBe(IdentityRefusal.Unknown);
    }

    [Fact]
    public void Revoking_turns_a_caller_into_nobody_on_the_connection_that_is_open()
    {
        var caller = Judge(Some.Certificate(_authority, CertificateRole.Operator, Some.OperatorId));
        var connection = new ConnectionCaller(caller);
        connection.Current.ShouldBe(caller);

        _directory.Expel(s_operator);

        caller.Revoked.IsCancellationRequested.ShouldBeTrue();
        Refusal(connection.Current).ShouldContain("revoked or removed");
    }

    private CallerIdentity Judge(X509Certificate2 certificate)
    {
        using var chain = new X509Chain { ChainPolicy = _judge.CreateChainPolicy() };
        chain.Build(certificate);
        return _judge.Judge(certificate, chain);
    }

    private static string Refusal(CallerIdentity caller) => caller.ShouldBeOfType<CallerIdentity.Anonymous>().Reason;
}
