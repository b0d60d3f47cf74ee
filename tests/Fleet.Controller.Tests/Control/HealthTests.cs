using Fleet.Controller.Control;
using Fleet.Controller.Hosting.Commands;
using Fleet.Controller.Tests.Hosting;
using Fleet.Storage;
using Fleet.Tests;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Microsoft.Extensions.Hosting;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Fleet.Controller.Tests.Control;

public sealed class HealthTests(TestController controller) : IClassFixture<TestController>
{
    [Fact]
    public async Task Whoever_asks_learns_that_the_controller_serves_and_nothing_else()
    {
        var health = new Health.HealthClient(controller.Connect());

        (await health.CheckAsync(new HealthCheckRequest()).ResponseAsync.WaitAsync(TimeLimit.Default)).Status.ShouldBe(ServingStatus.Serving);

        var unknown = health.CheckAsync(new HealthCheckRequest { Service = "fleet.v1.Jobs" }).ResponseAsync;
        (await Should.ThrowAsync<RpcException>(unknown.WaitAsync(TimeLimit.Default))).StatusCode.ShouldBe(StatusCode.NotFound);
        using var watch = health.Watch(new HealthCheckRequest());
        (await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();
        watch.ResponseStream.Current.Status.ShouldBe(ServingStatus.Serving);
    }

    [Fact]
    public async Task Watchers_are_bounded_and_those_that_end_make_room()
    {
        var health = new Health.HealthClient(controller.Connect());
        var other = new Health.HealthClient(controller.Connect());
        var watches = Enumerable.Range(0, 60).Select(_ => health.Watch(new HealthCheckRequest())).ToList();
        foreach (var watch in watches)
            (await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();

        var refused = 0;
        var more = Enumerable.Range(0, 8).Select(_ => other.Watch(new HealthCheckRequest())).ToList();
        foreach (var watch in more)
        {
            try
            {
                await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
            {
                refused++;
            }
        }

        // The other test of this class may watch, too.
        refused.ShouldBeInRange(4, 5);
        watches.Concat(more).ToList().ForEach(watch => watch.Dispose());
        (await other.CheckAsync(new HealthCheckRequest()).ResponseAsync.WaitAsync(TimeLimit.Default)).Status.ShouldBe(ServingStatus.Serving);
    }

    [Fact]
    public async Task A_store_that_fails_or_hangs_and_a_controller_that_stops_do_not_serve_and_the_store_is_not_asked_by_each_caller()
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        var store = new Revisions();
        using var lifetime = new Lifetime();
        var health = new HealthService(store, lifetime, time);

        (await AskAsync(health)).ShouldBe(ServingStatus.Serving);
        store.Fault = new StoreException(StoreFault.Io, "broken");
        for (var i = 0; i < 100; i++)
            (await AskAsync(health)).ShouldBe(ServingStatus.Serving);
        store.Asked.ShouldBe(1);

        time.Advance(TimeSpan.FromSeconds(1));
        (await AskAsync(health)).ShouldBe(ServingStatus.NotServing);

        (store.Fault, store.Hangs) = (null, true);
        time.Advance(TimeSpan.FromSeconds(1));
        var slow = AskAsync(health);
        time.Advance(TimeSpan.FromSeconds(2));
        (await slow.WaitAsync(TimeLimit.Default)).ShouldBe(ServingStatus.NotServing);
        var asked = store.Asked;
        time.Advance(TimeSpan.FromSeconds(1));
        slow = AskAsync(health);
        time.Advance(TimeSpan.FromSeconds(2));
        (await slow.WaitAsync(TimeLimit.Default)).ShouldBe(ServingStatus.NotServing);
        store.Asked.ShouldBe(asked);

        store.Answer();
        time.Advance(TimeSpan.FromSeconds(1));
        (await AskAsync(health)).ShouldBe(ServingStatus.Serving);
        lifetime.Stop();
        time.Advance(TimeSpan.FromSeconds(1));
        (await AskAsync(health)).ShouldBe(ServingStatus.NotServing);
    }

    [Fact]
    public async Task The_command_asks_by_socket_or_address_and_ends_with_0_or_1()
    {
        (await RunAsync("health", "--data", controller.Options.Data)).ShouldBe((0, "serving"));
        (await RunAsync("health", "--address", controller.Address.Authority)).ShouldBe((0, "serving"));

        var (code, said) = await RunAsync("health", "--data", "/nonexistent/fleet");
        code.ShouldBe(1);
        said.ShouldContain("no controller is running here");
        (code, said) = await RunAsync("health", "--address", "127.0.0.1:1");
        code.ShouldBe(1);
        said.ShouldBe("not serving: the server cannot be reached: Connection refused");
        (await RunAsync("health", "--timeout", "soon")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task The_command_does_not_wait_for_ever()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        (await RunAsync("health", "--address", silent.LocalEndpoint.ToString()!, "--timeout", "300ms")).ShouldBe((1, "no answer in time"));
    }

    [Fact]
    public async Task Reflection_tells_an_admin_the_whole_contract_and_others_nothing()
    {
        var (_, admin) = await controller.EnrollOperatorAsync("ada", OperatorRole.Admin);
        var (_, viewer) = await controller.EnrollOperatorAsync("vic", OperatorRole.Viewer);
        var request = new ServerReflectionRequest { ListServices = "*" };

        using var told = new ServerReflection.ServerReflectionClient(controller.Connect(admin)).ServerReflectionInfo();
        await told.RequestStream.WriteAsync(request).WaitAsync(TimeLimit.Default);
        (await told.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default)).ShouldBeTrue();
        told.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name)
            .ShouldBeSubsetOf([.. Access.AccessTableTests.Services]);
        told.ResponseStream.Current.ListServicesResponse.Service.ShouldContain(service => service.Name == "fleet.v1.Jobs");

        foreach (var (identity, expected) in new[] { (viewer, StatusCode.PermissionDenied), (null, StatusCode.Unauthenticated) })
        {
            using var refused = new ServerReflection.ServerReflectionClient(controller.Connect(identity)).ServerReflectionInfo();
            (await Should.ThrowAsync<RpcException>(refused.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default))).StatusCode.ShouldBe(expected);
        }
    }

    private static async Task<ServingStatus> AskAsync(HealthService health) => (await health.Check(new HealthCheckRequest(), null!)).Status;

    private static async Task<(int Code, string Said)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        var code = await CommandTree.RunAsync(args, output, output).WaitAsync(TimeLimit.Default);
        return (code, output.ToString().Trim());
    }

    private sealed class Revisions : IRevisionStore
    {
        private TaskCompletionSource<StoreIdentity?> _hanging = new();

        public int Asked { get; private set; }

        public StoreException? Fault { get; set; }

        public bool Hangs { get; set; }

        public void Answer()
        {
            Hangs = false;
            _hanging.SetResult(null);
            _hanging = new();
        }

        public Task<StoreIdentity> AdvanceAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<StoreIdentity?> GetAsync(CancellationToken cancellationToken)
        {
            Asked++;
            return Fault is not null ? Task.FromException<StoreIdentity?>(Fault) : Hangs ? _hanging.Task : Task.FromResult<StoreIdentity?>(null);
        }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Stop() => StopApplication();

        public void Dispose() => _stopping.Dispose();
    }
}
