using Fleet.Grpc.Tests.Interop;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Grpc.Tests.Hosting;

/// <summary>A service whose handlers a test writes in place.</summary>
internal sealed class ScriptedService : TestService.TestServiceBase
{
    public Func<SimpleRequest, ServerCallContext, Task<SimpleResponse>>? Unary { get; init; }

    public Func<IAsyncStreamReader<StreamingInputCallRequest>, ServerCallContext, Task<StreamingInputCallResponse>>? Input { get; init; }

    public Func<StreamingOutputCallRequest, IServerStreamWriter<StreamingOutputCallResponse>, ServerCallContext, Task>? Output { get; init; }

    public Func<IAsyncStreamReader<StreamingOutputCallRequest>, IServerStreamWriter<StreamingOutputCallResponse>, ServerCallContext, Task>?
        Duplex
    { get; init; }

    public Task<TestServer> StartAsync(
        Action<global::Grpc.AspNetCore.Server.GrpcServiceOptions>? configure = null, TimeProvider? time = null) =>
        TestServer.StartAsync(Transport.H2c, app => app.MapGrpcService<ScriptedService>(), configure, services =>
        {
            services.AddSingleton(this);
            if (time is not null)
                services.AddSingleton(time);
        });

    public override Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context) => Unary!(request, context);

    public override Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requestStream, ServerCallContext context) => Input!(requestStream, context);

    public override Task StreamingOutputCall(
        StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> responseStream, ServerCallContext context) =>
        Output!(request, responseStream, context);

    public override Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context) => Duplex!(requestStream, responseStream, context);
}
