using System.Net;
using Fleet.Controller.Tests.Hosting;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identity;
using Fleet.Storage;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Wire;

/// <summary>Streams that are silent for long, and ends that nobody announces.</summary>
public sealed class LongStreamTests(TestController controller) : IClassFixture<TestController>
{
    [Fact]
    public async Task Kestrels_least_data_rate_cuts_a_stalled_request_of_one_message_but_no_silent_stream()
    {
        var (_, identity) = await controller.EnrollAgentAsync("silent");
        using var link = new V1.AgentLink.AgentLinkClient(controller.Connect(identity)).Connect();
        (await link.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();
        var end = link.ResponseStream.MoveNext(CancellationToken.None);

        // It shows when the rate would have cut the stream, too.
        using var client = RawCall.Client(controller);
        using var stalled = RawCall.Request(controller, RawCall.Trust, new StalledContent());
        var cut = await Record.ExceptionAsync(() => client.SendAsync(stalled, CancellationToken.None).WaitAsync(TimeLimit.Default));

        // Which of the two ends first, the content's copy or the request, is chance; that nobody here cancelled it is not.
        (cut is HttpRequestException or TaskCanceledException).ShouldBeTrue(cut?.ToString() ?? "the stalled request was answered");
        end.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_client_notices_a_dead_router_by_itself_and_says_so_in_one_sentence()
    {
        await using var hole = new BlackHole(controller.Address.Port);
        var (_, identity) = await controller.EnrollAgentAsync("far-away");
        var handler = LinkHandler.Pinned(new PinnedTrust(controller.Authority.Fleet.Certificate), identity);
        // One second is the least that the handler accepts.
        (handler.KeepAlivePingDelay, handler.KeepAlivePingTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        using var channel = LinkChannel.Open(hole.Address, handler);
        using var link = new V1.AgentLink.AgentLinkClient(channel).Connect();
        (await link.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();

        hole.Open();

        var failure = await Should.ThrowAsync<RpcException>(link.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default));
        failure.Code().ShouldBe(StatusCode.Unavailable, failure.ToString());
        failure.Reason().ShouldNotContain("Exception");
    }

    [Fact]
    public async Task A_deadline_is_kept_by_the_client_where_the_other_end_is_silent()
    {
        var (_, identity) = await controller.EnrollOperatorAsync("patient", OperatorRole.Viewer);
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(300);
        using var watch = new V1.Jobs.JobsClient(controller.Connect(identity)).WatchJob(new V1.WatchJobRequest(), deadline: deadline);
        (await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();

        var failure = await Should.ThrowAsync<RpcException>(watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default));

        failure.Code().ShouldBe(StatusCode.DeadlineExceeded);
    }

    [Fact]
    public async Task A_message_larger_than_the_limit_is_refused_by_whoever_sends_it()
    {
        var (_, identity) = await controller.EnrollOperatorAsync("verbose", OperatorRole.Admin);
        using var channel = LinkChannel.Open(controller.Address, LinkHandler.Pinned(new PinnedTrust(controller.Authority.Fleet.Certificate), identity));
        var large = new V1.RevokeTokenRequest { Id = new string('x', Fleet.Protocol.Limits.MessageBytes) };

        var failure = await Should.ThrowAsync<RpcException>(new V1.Tokens.TokensClient(channel).RevokeTokenAsync(large).ResponseAsync.WaitAsync(TimeLimit.Default));

        failure.Code().ShouldBe(StatusCode.ResourceExhausted);
    }

    [Fact]
    public void The_way_to_a_controller_has_small_windows_pings_and_no_proxy()
    {
        using var handler = LinkHandler.Pinned(new PinnedTrust(controller.Authority.Fleet.Certificate), null);
        handler.InitialHttp2StreamWindowSize.ShouldBe(128 * 1024);
        handler.EnableMultipleHttp2Connections.ShouldBeFalse();
        handler.KeepAlivePingDelay.ShouldBe(TimeSpan.FromSeconds(20));
        handler.KeepAlivePingTimeout.ShouldBe(TimeSpan.FromSeconds(10));
        handler.UseProxy.ShouldBeFalse();
        handler.ConnectTimeout.ShouldBe(TimeSpan.FromSeconds(15));
    }

    private sealed class StalledContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(new byte[3], cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
