using Fleet.Grpc.Tests.Hosting;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;

namespace Fleet.Grpc.Tests.Interop;

internal static class InteropHost
{
    public static Task<TestServer> StartAsync(Transport transport, Action<GrpcServiceOptions>? configure = null) =>
        TestServer.StartAsync(transport, app => app.MapGrpcService<InteropService>(), configure);
}
