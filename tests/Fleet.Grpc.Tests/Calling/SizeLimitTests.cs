using Fleet.Grpc.Tests.Hosting;
using Fleet.Grpc.Tests.Interop;
using Google.Protobuf;
using Grpc.Core;

namespace Fleet.Grpc.Tests.Calling;

public sealed class SizeLimitTests
{
    public static TheoryData<string, int?, int?, int?, int?, int, int> Excesses() => new()
    {
        // The case; limits of server and client on receiving and sending; sizes of request and response.
        { "the server receives", 1000, null, null, null, 2000, 0 },
        { "the server sends", null, 1000, null, null, 0, 2000 },
        { "the client receives", null, null, 1000, null, 0, 2000 },
        { "the client sends", null, null, null, 1000, 2000, 0 },
    };

    [Theory]
    [MemberData(nameof(Excesses))]
    public async Task A_message_beyond_a_limit_exhausts_resources_where(
        string what, int? serverReceives, int? serverSends, int? clientReceives, int? clientSends, int request, int response)
    {
        await using var server = await InteropHost.StartAsync(Transport.H2c, options =>
        {
            options.MaxReceiveMessageSize = serverReceives;
            options.MaxSendMessageSize = serverSends;
        });
        using var channel = server.CreateChannel(options =>
        {
            options.MaxReceiveMessageSize = clientReceives;
            options.MaxSendMessageSize = clientSends;
        });
        var client = new TestService.TestServiceClient(channel);
        var call = client.UnaryCallAsync(new SimpleRequest { Payload = Zeros(request), ResponseSize = response });
        var failure = await Should.ThrowAsync<RpcException>(call.ResponseAsync.WaitAsync(Limits.Step));
        failure.StatusCode.ShouldBe(StatusCode.ResourceExhausted, what);
        failure.Status.Detail.ShouldContain("1000");

        using var stream = client.FullDuplexCall();
        var ping = new StreamingOutputCallRequest { Payload = Zeros(request), ResponseParameters = { new ResponseParameters { Size = response } } };
        var streamed = await Should.ThrowAsync<RpcException>(async () =>
        {
            await stream.RequestStream.WriteAsync(ping).WaitAsync(Limits.Step);
            await stream.ResponseStream.MoveNext(default).WaitAsync(Limits.Step);
        });
        streamed.StatusCode.ShouldBe(StatusCode.ResourceExhausted, what);
    }

    [Fact]
    public async Task Without_limits_large_messages_pass_in_both_directions()
    {
        const int Size = 20 << 20;
        await using var server = await InteropHost.StartAsync(Transport.H2c, options => options.MaxReceiveMessageSize = null);
        using var channel = server.CreateChannel(options => options.MaxReceiveMessageSize = null);
        var call = new TestService.TestServiceClient(channel).UnaryCallAsync(new SimpleRequest { Payload = Zeros(Size), ResponseSize = Size });
        (await call.ResponseAsync.WaitAsync(Limits.Step)).Payload.Body.Length.ShouldBe(Size);
    }

    private static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };
}
