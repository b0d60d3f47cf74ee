using System.Collections.Concurrent;
using Fleet.Grpc.Tests.Hosting;
using Fleet.Grpc.Tests.Interop;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Grpc.Tests.Serving;

public sealed class InterceptorTests
{
    [Fact]
    public async Task An_interceptor_can_refuse_calls_of_every_kind()
    {
        await using var server = await InteropHost.StartAsync(Transport.H2c, options => options.Interceptors.Add<TokenCheck>("open sesame"));
        using var channel = server.CreateChannel();
        var client = new TestService.TestServiceClient(channel);

        (await PlayAllAsync(client)).ShouldAllBe(status => status == StatusCode.PermissionDenied);
        var admitted = new TestService.TestServiceClient(channel.Intercept(new TokenSender("open sesame")));
        (await PlayAllAsync(admitted)).ShouldAllBe(status => status == StatusCode.OK);
    }

    [Fact]
    public async Task Interceptors_stand_in_the_order_of_their_registration_and_live_as_long_as_their_call()
    {
        var log = new ConcurrentQueue<string>();
        await using var server = await TestServer.StartAsync(
            Transport.H2c,
            app => app.MapGrpcService<InteropService>(),
            options =>
            {
                options.Interceptors.Add<Noter>("outer");
                options.Interceptors.Add<Noter>("inner");
            },
            services => services.AddSingleton(log));
        using var channel = server.CreateChannel();
        await new TestService.TestServiceClient(channel).EmptyCallAsync(new Empty()).ResponseAsync.WaitAsync(Limits.Step);

        // The last disposal may come after the response has.
        await Poll.UntilAsync(() => log.Count == 6);
        log.Take(4).ShouldBe(["outer in", "inner in", "inner out", "outer out"]);
        log.Skip(4).ShouldBe(["outer gone", "inner gone"], ignoreOrder: true);
    }

    [Fact]
    public void Only_interceptors_can_be_registered() =>
        Should.Throw<ArgumentException>(() => new InterceptorCollection().Add(typeof(string)));

    [Fact]
    public async Task A_client_interceptor_sees_the_host_that_its_client_asked_for()
    {
        await using var server = await new ScriptedService
        {
            Unary = (_, context) => throw new RpcException(new Status(StatusCode.Aborted, context.Host)),
        }.StartAsync();
        using var channel = server.CreateChannel();
        var client = new TestService.TestServiceClient(channel.Intercept(new TokenSender("x"))).WithHost("fleet.example");
        var failure = await Should.ThrowAsync<RpcException>(client.UnaryCallAsync(new SimpleRequest()).ResponseAsync.WaitAsync(Limits.Step));
        failure.Status.Detail.ShouldBe("fleet.example");
    }

    private static async Task<StatusCode[]> PlayAllAsync(TestService.TestServiceClient client)
    {
        using var input = client.StreamingInputCall();
        using var output = client.StreamingOutputCall(new StreamingOutputCallRequest());
        using var duplex = client.FullDuplexCall();
        await input.RequestStream.CompleteAsync().WaitAsync(Limits.Step);
        await duplex.RequestStream.CompleteAsync().WaitAsync(Limits.Step);
        return
        [
            await StatusAsync(client.UnaryCallAsync(new SimpleRequest()).ResponseAsync),
            await StatusAsync(input.ResponseAsync),
            await StatusAsync(output.ResponseStream.ReadAllAsync().CountAsync().AsTask()),
            await StatusAsync(duplex.ResponseStream.ReadAllAsync().CountAsync().AsTask()),
        ];
    }

    private static async Task<StatusCode> StatusAsync(Task call)
    {
        try
        {
            await call.WaitAsync(Limits.Step);
            return StatusCode.OK;
        }
        catch (RpcException failure)
        {
            return failure.StatusCode;
        }
    }

    private sealed class TokenCheck(string wanted) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            Check(context);
            return continuation(request, context);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            ServerCallContext context,
            ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Check(context);
            return continuation(requestStream, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Check(context);
            return continuation(request, responseStream, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Check(context);
            return continuation(requestStream, responseStream, context);
        }

        private void Check(ServerCallContext context)
        {
            if (context.RequestHeaders.GetValue("token") != wanted)
                throw new RpcException(new Status(StatusCode.PermissionDenied, "wrong token"));
        }
    }

    private sealed class Noter(string name, ConcurrentQueue<string> log) : Interceptor, IDisposable
    {
        public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} in");
            var response = await continuation(request, context);
            log.Enqueue($"{name} out");
            return response;
        }

        public void Dispose() => log.Enqueue($"{name} gone");
    }

    private sealed class TokenSender(string token) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation) => continuation(request, WithToken(context));

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) => continuation(request, WithToken(context));

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation) => continuation(WithToken(context));

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation) => continuation(WithToken(context));

        private ClientInterceptorContext<TRequest, TResponse> WithToken<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context)
            where TRequest : class
            where TResponse : class =>
            new(context.Method, context.Host, context.Options.WithHeaders(new Metadata { { "token", token } }));
    }
}
