using Fleet.Grpc.Tests.Hosting;
using Fleet.Grpc.Tests.Interop;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Grpc.Tests.Calling;

public sealed class KeepAliveTests
{
    // One second is the least that handler and Kestrel accept.
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Both_ends_of_a_silent_stream_notice_a_black_hole_between_them()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var service = new ScriptedService
        {
            Duplex = async (_, responses, context) =>
            {
                using var registration = context.CancellationToken.Register(cancelled.SetResult);
                await responses.WriteAsync(new StreamingOutputCallResponse());
                await cancelled.Task;
            },
        };
        await using var server = await TestServer.StartAsync(
            Transport.H2c,
            app => app.MapGrpcService<ScriptedService>(),
            register: services => services.AddSingleton(service),
            kestrel: options =>
            {
                options.Limits.Http2.KeepAlivePingDelay = Second;
                options.Limits.Http2.KeepAlivePingTimeout = Second;
            });
        await using var hole = new BlackHole(server.Port);
        using var channel = GrpcChannel.ForAddress(hole.Address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { KeepAlivePingDelay = Second, KeepAlivePingTimeout = Second },
            DisposeHttpClient = true,
        });
        using var call = new TestService.TestServiceClient(channel).FullDuplexCall();
        (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeTrue();

        hole.Open();

        var failure = await Should.ThrowAsync<RpcException>(call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step));
        failure.StatusCode.ShouldBe(StatusCode.Unavailable, failure.ToString());
        await cancelled.Task.WaitAsync(Limits.Step);
    }

    [Fact]
    public async Task A_server_that_stops_makes_its_calls_unavailable()
    {
        var server = await InteropHost.StartAsync(Transport.H2c);
        using var channel = server.CreateChannel();
        using var call = new TestService.TestServiceClient(channel).FullDuplexCall();
        var ping = new StreamingOutputCallRequest { ResponseParameters = { new ResponseParameters { Size = 1 } } };
        await call.RequestStream.WriteAsync(ping).WaitAsync(Limits.Step);
        (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeTrue();

        var read = call.ResponseStream.MoveNext(default);
        await server.DisposeAsync();

        var failure = await Should.ThrowAsync<RpcException>(read.WaitAsync(Limits.Step));
        failure.StatusCode.ShouldBe(StatusCode.Unavailable, failure.ToString());
    }
}
