using System.Security.Cryptography;
using Fleet.Controller.Access;
using Fleet.Controller.Identity;
using Fleet.Controller.Tests.Hosting;
using Fleet.Controller.Tests.Identity;
using Fleet.Protocol.Identity;
using Fleet.Storage;
using Google.Protobuf;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Enrollment;

public sealed class EnrollmentTests(TestController controller) : IClassFixture<TestController>
{
    [Fact]
    public async Task The_trust_roots_are_told_to_anybody_and_match_the_token()
    {
        JoinToken.TryParse(await controller.TokenAsync(TokenKind.Agent), out var token, out _).ShouldBeTrue();
        var trust = await Client().GetTrustAsync(new V1.GetTrustRequest()).ResponseAsync.WaitAsync(TimeLimit.Default);
        SHA256.HashData(trust.FleetRoot.Span).ShouldBe(token!.RootFingerprint);
        trust.OperatorRoot.ShouldNotBe(trust.FleetRoot);
    }

    [Fact]
    public async Task Agents_of_earlier_versions_are_answered_under_the_paths_that_they_call()
    {
        var current = V1.Enrollment.Descriptor.FindMethodByName("GetTrust");
        var before = new Method<V1.GetTrustRequest, V1.Trust>(
            MethodType.Unary,
            "fleet.v1.Enrolment",
            current.Name,
            Marshallers.Create(message => message.ToByteArray(), V1.GetTrustRequest.Parser.ParseFrom),
            Marshallers.Create(message => message.ToByteArray(), V1.Trust.Parser.ParseFrom));
        JoinToken.TryParse(await controller.TokenAsync(TokenKind.Agent), out var token, out _).ShouldBeTrue();

        using var call = controller.Connect().CreateCallInvoker().AsyncUnaryCall(before, null, new CallOptions(), new V1.GetTrustRequest());

        SHA256.HashData((await call.ResponseAsync.WaitAsync(TimeLimit.Default)).FleetRoot.Span).ShouldBe(token!.RootFingerprint);
    }

    [Fact]
    public async Task A_client_that_pins_another_root_sends_nothing_and_says_why()
    {
        using var other = Some.Authority(controller.Time);
        var trust = new PinnedTrust(other.Fleet.Certificate);
        var client = new V1.Enrollment.EnrollmentClient(controller.Connect(trust));

        await Should.ThrowAsync<RpcException>(client.GetTrustAsync(new V1.GetTrustRequest()).ResponseAsync.WaitAsync(TimeLimit.Default));

        trust.LastRefusal.ShouldNotBeNull().ShouldContain("not issued by the pinned fleet root");
    }

    [Theory]
    [InlineData("", null, "role", true)] // a token that says nothing
    [InlineData("dc=fra", null, "role", false)] // one with labels means these
    [InlineData("dc=fra", "rack", "role", false)]
    [InlineData("dc=fra", "rack role", "role", true)]
    [InlineData("dc=fra", "*", "role", true)]
    [InlineData("", "rack", "role", false)]
    [InlineData("role=db", null, "role", true)] // what the token gives anyway
    public async Task A_host_sets_only_those_labels_that_its_token_lets_it_set(string labels, string? allowed, string key, bool joins)
    {
        var order = new TokenOrder
        {
            Kind = TokenKind.Agent, Life = TimeSpan.FromHours(1), MaxUses = 1,
            Labels = Fleet.Protocol.Identifiers.Labels.Parse(labels).Values.ToDictionary(label => label.Key.ToString(), label => label.Value),
            AllowedLabels = allowed?.Split(' '),
        };
        var (_, token) = await controller.Get<JoinTokens>().CreateAsync(order, "a test", CancellationToken.None);
        var request = Request(token, "m12-" + Guid.NewGuid().ToString("N")[..12]);
        request.Labels[key] = "db";

        var enrolling = Client().EnrollAgentAsync(request).ResponseAsync.WaitAsync(TimeLimit.Default);

        if (joins)
        {
            (await enrolling).Labels[key].ShouldBe("db");
            return;
        }

        var refusal = await Should.ThrowAsync<RpcException>(enrolling);
        refusal.StatusCode.ShouldBe(StatusCode.PermissionDenied);
        refusal.Status.Detail.ShouldContain($"does not let a host set the label {key}");
        refusal.Status.Detail.ShouldContain($"--allow-label {key}");
    }

    [Fact]
    public async Task An_agent_joins_with_its_labels_and_facts_and_those_of_the_token_win()
    {
        var order = new TokenOrder
        {
            Kind = TokenKind.Agent, Life = TimeSpan.FromHours(1), MaxUses = 1, Labels = new Dictionary<string, string> { ["dc"] = "fra" },
            AllowedLabels = ["dc", "role"],
        };
        var (_, token) = await controller.Get<JoinTokens>().CreateAsync(order, "a test", CancellationToken.None);
        var request = Request(token, "Web7.Example");
        request.Labels["dc"] = "ams";
        request.Labels["role"] = "web";
        request.Facts["agent_version"] = "9.9";

        var reply = await Client().EnrollAgentAsync(request).ResponseAsync.WaitAsync(TimeLimit.Default);

        reply.Name.ShouldBe("web7.example");
        reply.Labels["dc"].ShouldBe("fra");
        reply.Labels["role"].ShouldBe("web");
        var stored = await controller.Store.Agents.GetAsync(reply.AgentId, CancellationToken.None);
        stored!.Version.ShouldBe("9.9");
        stored.Facts["agent_version"].ShouldBe("9.9");
        var (name, serial) = Read(reply);
        name.ShouldBe(new CertificateName(CertificateRole.Agent, reply.AgentId));
        stored.CertificateSerial.ShouldBe(serial);
    }

    [Fact]
    public async Task The_same_enrollment_twice_is_the_same_agent_and_uses_the_token_once()
    {
        var request = Request(await controller.TokenAsync(TokenKind.Agent), "twice");
        var first = await Client().EnrollAgentAsync(request).ResponseAsync.WaitAsync(TimeLimit.Default);
        var second = await Client().EnrollAgentAsync(request).ResponseAsync.WaitAsync(TimeLimit.Default);

        second.AgentId.ShouldBe(first.AgentId);
        Read(second).Name.Id.ShouldBe(first.AgentId);
        var directory = controller.Get<IdentityDirectory>();
        directory.IsRevoked(Read(first).Serial).ShouldBeFalse();
        directory.IsRevoked(Read(second).Serial).ShouldBeFalse();
        var known = directory.Find(new CertificateName(CertificateRole.Agent, first.AgentId))!;
        known.Caller.Revoked.IsCancellationRequested.ShouldBeFalse();
        known.Certificates.Select(certificate => certificate.Serial).ShouldBe([Read(first).Serial, Read(second).Serial]);
    }

    [Fact]
    public async Task The_same_enrollment_with_another_key_takes_the_earlier_keys_certificate_away()
    {
        var request = Request(await controller.TokenAsync(TokenKind.Agent), "rekeyed");
        var first = await Client().EnrollAgentAsync(request).ResponseAsync.WaitAsync(TimeLimit.Default);
        var earlier = controller.Get<IdentityDirectory>().Find(new CertificateName(CertificateRole.Agent, first.AgentId))!;
        request.Csr = NewCsr();

        var second = await Client().EnrollAgentAsync(request).ResponseAsync.WaitAsync(TimeLimit.Default);

        second.AgentId.ShouldBe(first.AgentId);
        earlier.Caller.Revoked.IsCancellationRequested.ShouldBeTrue();
        controller.Get<IdentityDirectory>().IsRevoked(Read(first).Serial).ShouldBeTrue();
        controller.Get<IdentityDirectory>().IsRevoked(Read(second).Serial).ShouldBeFalse();
        (await controller.Store.Revocations.ListAsync(CancellationToken.None)).ShouldContain(r => r.Serial == Read(first).Serial);
    }

    [Fact]
    public async Task A_name_is_taken_over_only_if_the_agent_wants_it_and_the_token_allows_it()
    {
        var (holder, _) = await controller.EnrollAgentAsync("contested");

        (await RefusedAsync(Request(await controller.TokenAsync(TokenKind.Agent, allowReplace: true), "contested")))
            .StatusCode.ShouldBe(StatusCode.AlreadyExists);
        var unallowed = Request(await controller.TokenAsync(TokenKind.Agent), "contested");
        unallowed.Replace = true;
        var refusal = (await RefusedAsync(unallowed)).Status.Detail;
        refusal.ShouldContain("the name contested belongs to another agent");
        refusal.ShouldContain("`fleet agents remove contested`");
        refusal.ShouldContain("--replace, with a token that `fleet token create --allow-replace` made");
        (await controller.Store.Agents.FindByNameAsync("contested", CancellationToken.None))!.Id.ShouldBe(holder.AgentId);

        var allowed = Request(await controller.TokenAsync(TokenKind.Agent, allowReplace: true), "contested");
        allowed.Replace = true;
        var winner = await Client().EnrollAgentAsync(allowed).ResponseAsync.WaitAsync(TimeLimit.Default);

        winner.AgentId.ShouldNotBe(holder.AgentId);
        controller.Get<IdentityDirectory>().Find(new CertificateName(CertificateRole.Agent, holder.AgentId)).ShouldBeNull();
        controller.Get<IdentityDirectory>().IsRevoked(Read(holder).Serial).ShouldBeTrue();
    }

    [Fact]
    public async Task A_token_is_good_as_often_as_it_says()
    {
        var token = await controller.TokenAsync(TokenKind.Agent, uses: 2);
        await Client().EnrollAgentAsync(Request(token, "use1")).ResponseAsync.WaitAsync(TimeLimit.Default);
        await Client().EnrollAgentAsync(Request(token, "use2")).ResponseAsync.WaitAsync(TimeLimit.Default);
        (await RefusedAsync(Request(token, "use3"))).Status.Detail.ShouldContain("used as often as it may");
    }

    [Fact]
    public async Task A_revoked_token_and_one_of_the_other_kind_are_refused()
    {
        var revoked = await controller.TokenAsync(TokenKind.Agent);
        JoinToken.TryParse(revoked, out var parsed, out _).ShouldBeTrue();
        await controller.Get<JoinTokens>().RevokeAsync($"t-{parsed!.Id}", "a test", CancellationToken.None);
        (await RefusedAsync(Request(revoked, "r1"))).Status.Detail.ShouldContain("was revoked");
        (await RefusedAsync(Request(await controller.TokenAsync(TokenKind.Operator, OperatorRole.Admin), "r2")))
            .Status.Detail.ShouldContain("for operators");
    }

    [Theory]
    [InlineData("", "not a join token")]
    [InlineData("fleet1.a.x", "paste it whole")]
    public async Task A_damaged_token_says_how_to_mend_it(string token, string message)
    {
        var refused = await RefusedAsync(Request(token, "d1"));
        refused.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        refused.Status.Detail.ShouldContain(message);
    }

    [Fact]
    public async Task A_malformed_application_is_refused_and_uses_nothing_up()
    {
        var token = await controller.TokenAsync(TokenKind.Agent);
        var bad = new (string Message, Action<V1.EnrollAgentRequest> Damage)[]
        {
            ("cannot be used", r => r.Name = "-bad-"),
            ("enrollment id", r => r.EnrollmentId = "x"),
            ("signing request", r => r.Csr = ByteString.CopyFromUtf8("nonsense")),
            ("Not A Key", r => r.Labels["Not A Key"] = "x"),
            ("the fact f has 5000", r => r.Facts["f"] = new string('x', 5000)),
        };
        foreach (var (message, damage) in bad)
        {
            var request = Request(token, "malformed");
            damage(request);
            var refused = await RefusedAsync(request);
            refused.StatusCode.ShouldBe(StatusCode.InvalidArgument);
            refused.Status.Detail.ShouldContain(message);
        }

        await Client().EnrollAgentAsync(Request(token, "malformed")).ResponseAsync.WaitAsync(TimeLimit.Default);
    }

    [Fact]
    public async Task An_operator_joins_with_the_tokens_role()
    {
        var (reply, identity) = await controller.EnrollOperatorAsync("grace@example.com", OperatorRole.Operator);
        reply.Role.ShouldBe("operator");
        CertificateName.Read(identity)!.Id.ShouldBe(reply.OperatorId);
    }

    private V1.Enrollment.EnrollmentClient Client() => new(controller.Connect());

    private async Task<RpcException> RefusedAsync(V1.EnrollAgentRequest request) =>
        await Should.ThrowAsync<RpcException>(Client().EnrollAgentAsync(request).ResponseAsync.WaitAsync(TimeLimit.Default));

    private static V1.EnrollAgentRequest Request(string token, string name) =>
        new() { Token = token, EnrollmentId = Guid.NewGuid().ToString("N"), Name = name, Csr = NewCsr() };

    private static ByteString NewCsr()
    {
        using var key = SigningRequest.NewKey();
        return ByteString.CopyFrom(SigningRequest.Create(key, "x"));
    }

    private static (CertificateName Name, string Serial) Read(V1.EnrollAgentReply reply)
    {
        using var certificate = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(reply.Chain[0].ToByteArray());
        return (CertificateName.Read(certificate)!, certificate.SerialNumber);
    }
}
