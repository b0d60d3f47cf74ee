using Fleet.Controller.Tests.Hosting;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identity;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Interop;

/// <summary>The channel of agent and CLI against foreign servers that show a controller's certificate.</summary>
public sealed class ForeignServerTests(TestController controller) : IClassFixture<TestController>
{
    private const string Special = "50% ☺ 😈";

    [ToolFact("python3-grpcio", "python3-protobuf")]
    public Task A_server_of_python3_grpcio_serves_all_kinds_of_calls() => PlayAsync(Foreigner.Python);

    [ToolFact("nodejs", "npm", "npm:@grpc/grpc-js@1.14.7")]
    public Task A_server_of_grpc_js_serves_all_kinds_of_calls() => PlayAsync(Foreigner.Node);

    private async Task PlayAsync(string language)
    {
        using var certificate = controller.Authority.IssueController();
        var (server, address) = await Foreigner.ServeAsync(language, certificate);
        using (server)
        {
            var (_, identity) = await controller.EnrollAgentAsync($"of-{language}");
            using var channel = LinkChannel.Open(address, LinkHandler.Pinned(new PinnedTrust(controller.Authority.Fleet.Certificate), identity));
            await UnaryAsync(channel);
            await ServerStreamingAsync(channel);
            await ClientStreamingAsync(channel);
            await DuplexAsync(channel);
            await RefusalAsync(channel);
            await DeadlineAndCancelAsync(channel);
        }
    }

    private static async Task UnaryAsync(GrpcChannel channel) =>
        (await new V1.Enrollment.EnrollmentClient(channel).GetTrustAsync(new V1.GetTrustRequest()).ResponseAsync.WaitAsync(TimeLimit.Default)).FleetRoot.Length.ShouldBe(300_000);

    private static async Task ServerStreamingAsync(GrpcChannel channel)
    {
        using var call = new V1.Jobs.JobsClient(channel).WatchJob(new V1.WatchJobRequest());
        var seen = new List<ulong>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default))
            seen.Add(call.ResponseStream.Current.Seq);
        seen.ShouldBe(Enumerable.Range(1, 100).Select(seq => (ulong)seq));
    }

    private static async Task ClientStreamingAsync(GrpcChannel channel)
    {
        using var call = new V1.Artifacts.ArtifactsClient(channel).PutArtifact();
        // More than windows hold.
        for (var i = 0; i < 50; i++)
            await call.RequestStream.WriteAsync(new V1.PutArtifactRequest { Data = ByteString.CopyFrom(new byte[50_000]) }).WaitAsync(TimeLimit.Default);
        await call.RequestStream.CompleteAsync();
        (await call.ResponseAsync.WaitAsync(TimeLimit.Default)).SizeBytes.ShouldBe(2_500_000ul);
    }

    private static async Task DuplexAsync(GrpcChannel channel)
    {
        using var call = new V1.AgentLink.AgentLinkClient(channel).Connect();
        await call.RequestStream.WriteAsync(new V1.AgentMessage { Hello = new V1.Hello { AgentVersion = "1.2.3" } }).WaitAsync(TimeLimit.Default);
        (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();
        call.ResponseStream.Current.Welcome.SessionId.ShouldBe("1.2.3");
        for (var number = 1ul; number <= 20; number++)
        {
            await call.RequestStream.WriteAsync(new V1.AgentMessage { Heartbeat = new V1.Heartbeat { Number = number } }).WaitAsync(TimeLimit.Default);
            (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();
            call.ResponseStream.Current.Heartbeat.Number.ShouldBe(number);
        }

        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeFalse();
    }

    private static async Task RefusalAsync(GrpcChannel channel)
    {
        using var call = new V1.Jobs.JobsClient(channel).WatchJob(new V1.WatchJobRequest { JobId = "refused" });
        var failure = await Should.ThrowAsync<RpcException>(call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default));
        failure.Code().ShouldBe(StatusCode.Unauthenticated);
        failure.Reason().ShouldBe(Special);
        failure.Trailers.GetValue(IdentityRefusal.Trailer).ShouldBe(IdentityRefusal.Unknown);
    }

    private static async Task DeadlineAndCancelAsync(GrpcChannel channel)
    {
        var jobs = new V1.Jobs.JobsClient(channel);
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(500);
        using var late = jobs.WatchJob(new V1.WatchJobRequest { JobId = "silent" }, deadline: deadline);
        (await Should.ThrowAsync<RpcException>(ReadAllAsync(late.ResponseStream))).Code().ShouldBe(StatusCode.DeadlineExceeded);

        using var stop = new CancellationTokenSource();
        using var watch = jobs.WatchJob(new V1.WatchJobRequest { JobId = "silent" }, cancellationToken: stop.Token);
        (await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();
        await stop.CancelAsync();
        (await Should.ThrowAsync<RpcException>(ReadAllAsync(watch.ResponseStream))).StatusCode.ShouldBe(StatusCode.Cancelled);
    }

    private static async Task ReadAllAsync(IAsyncStreamReader<V1.JobEvent> events)
    {
        while (await events.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default))
        {
        }
    }
}
