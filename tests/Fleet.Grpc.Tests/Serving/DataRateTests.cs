using System.Net;
using Fleet.Grpc.Tests.Hosting;
using Fleet.Grpc.Tests.Interop;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fleet.Grpc.Tests.Serving;

public sealed class DataRateTests
{
    [Fact]
    public async Task Kestrels_least_data_rate_cuts_a_stalled_unary_request_but_no_silent_stream()
    {
        var rate = new MinDataRate(bytesPerSecond: 1000, gracePeriod: TimeSpan.FromSeconds(1.1));
        await using var server = await TestServer.StartAsync(
            Transport.H2c, app => app.MapGrpcService<InteropService>(), kestrel: options => options.Limits.MinRequestBodyDataRate = rate);
        using var channel = server.CreateChannel();
        using var duplex = new TestService.TestServiceClient(channel).FullDuplexCall();
        await PingAsync(duplex);

        // The stalled request shows when the rate would have cut the stream too.
        using var client = TestServer.CreateRawClient();
        using var stalled = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, RawCall.Unary))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StalledContent(),
        };
        stalled.Content.Headers.ContentType = new("application/grpc");
        // Which of the two ends first, the content's copy or the request, is chance; that nobody here cancelled it is not.
        var cut = await Record.ExceptionAsync(() => client.SendAsync(stalled, CancellationToken.None).WaitAsync(Limits.Step));
        (cut is HttpRequestException or TaskCanceledException).ShouldBeTrue(cut?.ToString() ?? "the stalled request was answered");

        await PingAsync(duplex);
    }

    private static async Task PingAsync(AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> duplex)
    {
        var ping = new StreamingOutputCallRequest { ResponseParameters = { new ResponseParameters { Size = 1 } } };
        await duplex.RequestStream.WriteAsync(ping).WaitAsync(Limits.Step);
        (await duplex.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeTrue();
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
