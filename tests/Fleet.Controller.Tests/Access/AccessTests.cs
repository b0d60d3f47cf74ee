using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Hosting;
using Fleet.Controller.Identity;
using Fleet.Controller.Tests.Hosting;
using Fleet.Protocol.Identity;
using Fleet.Storage;
using Google.Protobuf;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Access;

public sealed class AccessTests(TestController controller) : IClassFixture<TestController>
{
    [Fact]
    public async Task A_caller_without_a_certificate_is_told_to_enroll()
    {
        var refused = await RefusedAsync(new V1.Operators.OperatorsClient(controller.Connect()).WhoAmIAsync(new V1.WhoAmIRequest()));
        refused.StatusCode.ShouldBe(StatusCode.Unauthenticated);
        refused.Status.Detail.ShouldContain("no client certificate was shown");
    }

    [Fact]
    public async Task An_operator_without_the_role_is_refused_and_told_which_it_takes()
    {
        var (_, identity) = await controller.EnrollOperatorAsync("viewer1", OperatorRole.Viewer);
        var refused = await RefusedAsync(new V1.Tokens.TokensClient(controller.Connect(identity)).CreateTokenAsync(new V1.CreateTokenRequest()));
        refused.StatusCode.ShouldBe(StatusCode.PermissionDenied);
        refused.Status.Detail.ShouldContain("this needs the role admin; viewer1 has the role viewer");
    }

    [Fact]
    public async Task An_agent_commands_nothing_and_an_operator_is_no_agent()
    {
        var (_, agent) = await controller.EnrollAgentAsync("host1");
        (await RefusedAsync(new V1.Tokens.TokensClient(controller.Connect(agent)).ListTokensAsync(new V1.ListTokensRequest())))
            .StatusCode.ShouldBe(StatusCode.PermissionDenied);

        var (_, admin) = await controller.EnrollOperatorAsync("noagent", OperatorRole.Admin);
        using var link = new V1.AgentLink.AgentLinkClient(controller.Connect(admin)).Connect();
        (await Should.ThrowAsync<RpcException>(link.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)))
            .StatusCode.ShouldBe(StatusCode.PermissionDenied);
    }

    [Fact]
    public async Task An_operator_has_so_many_calls_at_once_by_however_many_connections_and_others_have_their_own()
    {
        controller.Set(o => o with { MaxCallsPerOperator = 8 });
        try
        {
            var (_, busy) = await controller.EnrollOperatorAsync("busy", OperatorRole.Viewer);
            var (_, other) = await controller.EnrollOperatorAsync("other", OperatorRole.Viewer);
            var watches = new List<AsyncServerStreamingCall<V1.JobEvent>>();
            for (var i = 0; i < 8; i++)
            {
                watches.Add(new V1.Jobs.JobsClient(controller.Connect(busy)).WatchJob(new V1.WatchJobRequest()));
                (await watches[^1].ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();
            }

            var me = new V1.Operators.OperatorsClient(controller.Connect(busy));
            var refused = await RefusedAsync(me.WhoAmIAsync(new V1.WhoAmIRequest()));
            refused.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
            refused.Status.Detail.ShouldContain("8 calls of operator busy");
            await new V1.Operators.OperatorsClient(controller.Connect(other)).WhoAmIAsync(new V1.WhoAmIRequest()).ResponseAsync.WaitAsync(TimeLimit.Default);

            watches.ForEach(watch => watch.Dispose());
            await UntilAsync(async () =>
            {
                try
                {
                    await me.WhoAmIAsync(new V1.WhoAmIRequest()).ResponseAsync.WaitAsync(TimeLimit.Default);
                    return true;
                }
                catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
                {
                    return false;
                }
            });
        }
        finally
        {
            controller.Set(o => o with { MaxCallsPerOperator = new ControllerOptions().MaxCallsPerOperator });
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeLimit.Default);
        while (!await condition())
            await Task.Delay(10, limit.Token);
    }

    [Fact]
    public async Task Revoking_an_operator_ends_the_open_stream_and_refuses_the_next_call()
    {
        var (_, admin) = await controller.EnrollOperatorAsync("admin1", OperatorRole.Admin);
        var (_, victim) = await controller.EnrollOperatorAsync("leaver", OperatorRole.Viewer);
        var channel = controller.Connect(victim);
        using var watch = new V1.Jobs.JobsClient(channel).WatchJob(new V1.WatchJobRequest());
        (await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();

        var revoked = await new V1.Operators.OperatorsClient(controller.Connect(admin))
            .RevokeOperatorAsync(new V1.RevokeOperatorRequest { Name = "LEAVER" }).ResponseAsync.WaitAsync(TimeLimit.Default);

        revoked.Revoked.ShouldBeTrue();
        var cut = await Should.ThrowAsync<RpcException>(watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default));
        cut.StatusCode.ShouldBe(StatusCode.Unauthenticated);
        (await RefusedAsync(new V1.Operators.OperatorsClient(channel).WhoAmIAsync(new V1.WhoAmIRequest())))
            .Status.Detail.ShouldContain("revoked or removed");
        (await RefusedAsync(new V1.Operators.OperatorsClient(controller.Connect(victim)).WhoAmIAsync(new V1.WhoAmIRequest())))
            .Status.Detail.ShouldContain("was revoked");
    }

    [Fact]
    public async Task Removing_an_agent_lets_its_link_say_goodbye_and_refuses_the_next()
    {
        var (reply, identity) = await controller.EnrollAgentAsync("host2");
        using var link = new V1.AgentLink.AgentLinkClient(controller.Connect(identity)).Connect();
        (await link.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();
        link.ResponseStream.Current.Welcome.SessionId.ShouldBe($"agent host2 ({reply.AgentId})");

        await controller.Get<IdentityRevocation>().RemoveAgentAsync(reply.AgentId, "a test", CancellationToken.None).WaitAsync(TimeLimit.Default);

        (await link.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();
        link.ResponseStream.Current.Goodbye.Cause.ShouldBe(V1.Goodbye.Types.Cause.Revoked);
        (await Should.ThrowAsync<RpcException>(link.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)))
            .StatusCode.ShouldBe(StatusCode.Unauthenticated);
        using var next = new V1.AgentLink.AgentLinkClient(controller.Connect(identity)).Connect();
        (await Should.ThrowAsync<RpcException>(next.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)))
            .Status.Detail.ShouldContain("was revoked");
    }

    [Fact]
    public async Task An_operator_renews_the_certificate_and_both_the_old_and_the_new_are_good()
    {
        var (reply, identity) = await controller.EnrollOperatorAsync("renewer", OperatorRole.Operator);
        using var key = SigningRequest.NewKey();
        var renewed = await new V1.Operators.OperatorsClient(controller.Connect(identity))
            .RenewCertificateAsync(new V1.RenewCertificateRequest { Csr = ByteString.CopyFrom(SigningRequest.Create(key, "x")) })
            .ResponseAsync.WaitAsync(TimeLimit.Default);

        foreach (var certificate in (X509Certificate2[])[identity, TestController.WithKey(renewed.Chain, key)])
        {
            var me = await new V1.Operators.OperatorsClient(controller.Connect(certificate))
                .WhoAmIAsync(new V1.WhoAmIRequest()).ResponseAsync.WaitAsync(TimeLimit.Default);
            me.Id.ShouldBe(reply.OperatorId);
            me.Role.ShouldBe("operator");
        }
    }

    [Fact]
    public async Task An_agents_earlier_certificate_is_good_until_it_has_connected_with_the_renewed_one()
    {
        var (reply, earlier) = await controller.EnrollAgentAsync("renewer1");
        using var key = SigningRequest.NewKey();
        var renewal = controller.Get<IdentityRenewal>();
        var outcome = await renewal.RenewAgentAsync(reply.AgentId, SigningRequest.Create(key, "x"), CancellationToken.None);
        using var renewed = TestController.WithKey(outcome.ShouldBeOfType<RenewalOutcome.Renewed>().Chain.Select(ByteString.CopyFrom), key);

        // The answer may have been lost: the agent comes back with what it has.
        var serial = await WelcomedAsync(earlier);
        serial.ShouldBe(earlier.SerialNumber);
        await renewal.ConfirmAgentAsync(reply.AgentId, serial, CancellationToken.None);
        await WelcomedAsync(earlier);

        // After a restart of the controller in between, too.
        var restarted = await IdentityDirectory.LoadAsync(controller.Store, CancellationToken.None);
        restarted.Find(new CertificateName(CertificateRole.Agent, reply.AgentId))!.IsRenewedWith(renewed.SerialNumber).ShouldBeTrue();

        await renewal.ConfirmAgentAsync(reply.AgentId, await WelcomedAsync(renewed), CancellationToken.None);
        using var refused = new V1.AgentLink.AgentLinkClient(controller.Connect(earlier)).Connect();
        (await Should.ThrowAsync<RpcException>(refused.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)))
            .Status.Detail.ShouldContain("was revoked");
        await WelcomedAsync(renewed);
        (await controller.Store.Revocations.ListAsync(CancellationToken.None)).ShouldContain(revoked => revoked.Serial == earlier.SerialNumber);

        async Task<string> WelcomedAsync(X509Certificate2 certificate)
        {
            using var link = new V1.AgentLink.AgentLinkClient(controller.Connect(certificate)).Connect();
            (await link.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();
            return link.ResponseStream.Current.Welcome.ControllerVersion;
        }
    }

    [Fact]
    public async Task A_second_connection_may_resume_TLS_and_still_shows_who_calls()
    {
        var (_, identity) = await controller.EnrollOperatorAsync("again", OperatorRole.Viewer);
        for (var i = 0; i < 3; i++)
        {
            var me = await new V1.Operators.OperatorsClient(controller.Connect(identity))
                .WhoAmIAsync(new V1.WhoAmIRequest()).ResponseAsync.WaitAsync(TimeLimit.Default);
            me.Name.ShouldBe("again");
        }
    }

    [Fact]
    public async Task The_controller_tells_how_it_does_and_changes_its_log_level()
    {
        var (_, admin) = await controller.EnrollOperatorAsync("curious", OperatorRole.Admin);
        var client = new V1.Control.ControlClient(controller.Connect(admin));

        var status = await client.GetStatusAsync(new V1.GetStatusRequest()).ResponseAsync.WaitAsync(TimeLimit.Default);
        status.LogLevel.ShouldBe("information");
        status.StoreBytes.ShouldBeGreaterThan(0ul);
        // Of the process, whenever it is asked for the first time.
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        status.StartedMs.ShouldBe(new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds());
        (await client.SetLogLevelAsync(new V1.SetLogLevelRequest { Level = "debug" }).ResponseAsync.WaitAsync(TimeLimit.Default))
            .PreviousLevel.ShouldBe("information");
        (await client.GetStatusAsync(new V1.GetStatusRequest()).ResponseAsync.WaitAsync(TimeLimit.Default)).LogLevel.ShouldBe("debug");
        (await RefusedAsync(client.SetLogLevelAsync(new V1.SetLogLevelRequest { Level = "loud" }))).StatusCode.ShouldBe(StatusCode.InvalidArgument);
        await client.SetLogLevelAsync(new V1.SetLogLevelRequest { Level = "information" }).ResponseAsync.WaitAsync(TimeLimit.Default);
    }

    private static async Task<RpcException> RefusedAsync<T>(AsyncUnaryCall<T> call) =>
        await Should.ThrowAsync<RpcException>(call.ResponseAsync.WaitAsync(TimeLimit.Default));
}
