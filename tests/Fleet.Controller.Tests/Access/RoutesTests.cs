using System.Net;
using Fleet.Controller.Access;
using Fleet.Controller.Hosting;
using Fleet.Controller.Logging;
using Fleet.Controller.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Controller.Tests.Access;

/// <summary>Whatever a controller answers on its port is an rpc of the contract or a route that people have reviewed.</summary>
public sealed class RoutesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Every_endpoint_is_an_rpc_with_a_rule_or_a_reviewed_route_and_none_is_left_over()
    {
        // Of services and methods that there are none: answered with UNIMPLEMENTED, and to gRPC alone.
        var endpoints = (await EndpointsAsync()).Where(endpoint => !endpoint.Path.EndsWith(":grpcunimplemented}", StringComparison.Ordinal)).ToList();

        endpoints.ShouldAllBe(endpoint => endpoint.Verb.Length > 0, "an endpoint that takes every verb is reviewed by nobody");
        var rpcs = endpoints.Where(endpoint => endpoint.Verb == "POST").Select(endpoint => endpoint.Path);
        rpcs.ShouldBe(AccessTable.Methods, ignoreOrder: true);
        endpoints.Where(endpoint => endpoint.Verb != "POST").ShouldBe(Reviewed(), ignoreOrder: true);
    }

    // As `fleet-controller run` puts it together.
    private async Task<IReadOnlyList<(string Verb, string Path)>> EndpointsAsync()
    {
        var options = new ControllerOptions { Data = _directory.New("data"), Listen = new IPEndPoint(IPAddress.Loopback, 0), ShutdownTimeout = TimeSpan.FromSeconds(2) };
        var settings = TestController.SettingsOf(options);
        var data = new DataDirectory(options.Data);
        FirstStart.CreateRoots(data, TimeProvider.System);
        await using var opened = await OpenedData.OpenAsync(data, options.Certificates, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        await using var host = await ControllerHost.CreateAsync(
            settings, opened, TimeProvider.System, _ => { },
            services =>
            {
                services.AddSingleton(new LogLevelControl(LogLevel.Information)).AddSingleton<LogDrops>();
                Program.AddFeatures(services, settings.Options);
            },
            Program.MapServices, CancellationToken.None);
        await host.StartAsync(CancellationToken.None).WaitAsync(TimeLimit.Default);
        var endpoints = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(endpoint =>
            (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [""]).Select(verb => (verb, $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}"))).ToList();
        await host.StopAsync(CancellationToken.None).WaitAsync(TimeLimit.Default);
        return endpoints;
    }

    private static IEnumerable<(string Verb, string Path)> Reviewed() => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "routes.tsv"))
        .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t')).Select(cells => (cells[0], cells[1]));
}
