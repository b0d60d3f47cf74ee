using System.Security.Cryptography.X509Certificates;
using Fleet.Protocol.V1;
using Fleet.Security.Client;

namespace Fleet.Security.Access;

/// <summary>Every rpc of the contract by every kind of caller, against a table that people have reviewed.</summary>
[Collection(OneFleet.Name)]
public sealed class Access_matrix(FleetUnderAttack fleet)
{
    private static readonly Dictionary<string, string> s_table = ReviewedTable.Read("access.tsv")
        .ToDictionary(cells => cells[0], cells => cells[1], StringComparer.Ordinal);

    [Fact]
    public void Every_method_of_the_contract_was_reviewed_and_none_is_reviewed_that_does_not_exist() =>
        s_table.Keys.ShouldBe(Contract.Methods.Select(Contract.PathOf), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(FleetUnderAttack.Callers), MemberType = typeof(FleetUnderAttack))]
    public async Task A_caller_reaches_what_the_table_gives_him_and_nothing_else(string caller)
    {
        using var client = fleet.ConnectAs(caller);

        var wrong = new List<string>();
        foreach (var method in Contract.Methods)
        {
            var path = Contract.PathOf(method);
            // Whoever may leave has left: with an identity that nobody needs any more.
            using var leaver = caller == "agent" && method.Name == "Leave" ? fleet.ConnectAs("leaver") : null;
            var answer = await (leaver ?? client).CallAsync(path, Contract.Empty(method));
            if (Wrong(caller, s_table[path], answer) is { } expected)
                wrong.Add($"{caller} {path}: {answer}; {expected} was expected");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_forged_identity_is_nobody()
    {
        using var fleetRoot = fleet.Forger.Root("fleet-root");
        using var operatorRoot = fleet.Forger.Root("operator-root");
        using var falseRoot = fleet.Forger.FalseRoot("operator-root");
        var admin = UriOf(fleet.Identities["ada"]);
        var agent = UriOf(fleet.Identities["fake1"]);
        (string Kind, X509Certificate2? Issuer, Forger.Wish Wish)[] forgeries =
        [
            ("self-signed, names an admin", null, new(admin)),
            ("self-signed, names an agent", null, new(agent)),
            ("a root of the same name with another key", falseRoot, new(admin)),
            ("an agent's leaf as issuer", fleet.Identities["fake1"], new(admin)),
            ("an operator's leaf as issuer", fleet.Identities["vic"], new(admin)),
            ("an operator's leaf as issuer of an authority", fleet.Identities["vic"], new(admin) { IsAuthority = true }),
            ("an admin, by the root of agents", fleetRoot, new(admin)),
            ("an agent, by the root of operators", operatorRoot, new(agent)),
            ("expired", operatorRoot, new(admin) { From = TimeSpan.FromDays(-3), To = TimeSpan.FromDays(-2) }),
            ("not yet valid", operatorRoot, new(admin) { From = TimeSpan.FromDays(2), To = TimeSpan.FromDays(3) }),
            ("without a usage", operatorRoot, new(admin) { Usage = null }),
            ("for servers only", operatorRoot, new Forger.Wish(admin).ForServers()),
            ("two names", operatorRoot, new(admin, agent)),
            ("no name", operatorRoot, new()),
            ("capitals", operatorRoot, new(admin.ToUpperInvariant())),
            ("an id that nobody has", operatorRoot, new("fleet://operator/o-0123456789abcdef")),
            ("the controller's own name", fleetRoot, new("fleet://controller")),
        ];
        // One rpc of each level, streams among them: the judgment is the connection's, not the method's.
        string[] methods = ["/fleet.v1.Operators/WhoAmI", "/fleet.v1.Agents/ListAgents", "/fleet.v1.Jobs/CreateJob", "/fleet.v1.Tokens/CreateToken", "/fleet.v1.AgentLink/Connect", "/fleet.v1.Logs/Tail"];

        var wrong = new List<string>();
        foreach (var (kind, issuer, wish) in forgeries)
        {
            using var forged = Forger.Issue(issuer, wish);
            using var client = new ForeignClient(fleet.Address, forged, issuer is null ? null : [X509CertificateLoader.LoadCertificate(issuer.RawData)]);
            foreach (var path in methods)
            {
                var answer = await client.CallAsync(path, Contract.Empty(Contract.Methods.Single(method => Contract.PathOf(method) == path)));
                if (answer.Status != Answer.Unauthenticated || answer.Detail.Length == 0)
                    wrong.Add($"{kind} {path}: {answer}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/fleet.v1.jobs/createjob")]
    [InlineData("/fleet.v1.Jobs/CreateJob/")]
    [InlineData("/x/../fleet.v1.Jobs/CreateJob")]
    [InlineData("/fleet.v1.Jobs/%43reateJob")]
    [InlineData("/fleet.v1.Jobs//CreateJob")]
    [InlineData("/fleet.v1.Jobs/CreateJob?x=1")]
    [InlineData("/fleet.v1.Enrollment/../fleet.v1.Jobs/CreateJob")]
    [InlineData("/fleet.v1.Jobs/Nothing")]
    [InlineData("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")]
    public async Task A_trick_with_the_path_leads_nowhere(string path)
    {
        using var client = fleet.ConnectAs("vic");
        var answer = await client.CallAsync(path, new CreateJobRequest());
        answer.IsAdmitted.ShouldBeFalse(answer.ToString());
    }

    private static string? Wrong(string caller, string level, Answer answer)
    {
        var isKnown = caller is "agent" or "vic" or "ola" or "ada";
        var admitted = level switch
        {
            "anyone" => true,
            "agent" => caller == "agent",
            "viewer" => caller is "vic" or "ola" or "ada",
            "operator" => caller is "ola" or "ada",
            _ => caller == "ada",
        };
        if (admitted)
            return answer.IsAdmitted ? null : "to be admitted";
        var expected = isKnown ? Answer.PermissionDenied : Answer.Unauthenticated;
        return answer.Status == expected ? null : $"status {expected}";
    }

    private static string UriOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single() is var names
        && System.Text.Encoding.ASCII.GetString(names.RawData) is var text ? text[text.IndexOf("fleet://", StringComparison.Ordinal)..] : "";
}
