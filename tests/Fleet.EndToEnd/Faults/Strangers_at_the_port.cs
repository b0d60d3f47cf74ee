using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Fleet.Harness;

namespace Fleet.EndToEnd.Faults;

/// <summary>Whoever reaches the port and belongs nowhere harms nobody who belongs to the fleet.</summary>
public sealed class Strangers_at_the_port : IAsyncLifetime
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private readonly List<TcpClient> _strangers = [];
    private FleetOnThisMachine? _fleet;

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var stranger in _strangers)
            stranger.Dispose();
        if (_fleet is not null)
            await _fleet.DisposeAsync();
    }

    [Fact]
    public async Task Half_open_connections_of_many_addresses_keep_neither_operators_nor_agents_nor_newcomers_out()
    {
        // None of the time limits ends an attack before the test does.
        _fleet = await FleetOnThisMachine.StartAsync("--set", "handshakes.helloTimeout=1m", "--set", "handshakes.timeout=1m");
        await _fleet.AddAgentsAsync(["web1"]);
        var hello = await HelloAsync();
        for (var i = 0; i < 100; i++)
        {
            // From one address many that say nothing, and from a hundred one each that says hello and falls silent.
            await ComeAsync(1);
            await (await ComeAsync(2 + i)).GetStream().WriteAsync(hello);
        }

        (await _fleet.Admin.RunAsync("ping", "web1")).ExitCode.ShouldBe(0, _fleet.Controller.Output);
        await _fleet.AddAgentsAsync(["web2"]);
        await _fleet.Agents[0].KillAsync();
        _fleet.Agents[0].Start();
        await _fleet.WaitOnlineAsync(2);
        _strangers.Count.ShouldBe(200);
        _strangers.ShouldAllBe(stranger => stranger.Connected);
    }

    [ToolFact("util-linux")]
    public async Task With_few_file_descriptors_a_controller_outlives_strangers_without_number_and_serves_its_fleet()
    {
        _fleet = await FleetOnThisMachine.StartAsync();
        await _fleet.AddAgentsAsync(["web1"]);
        await _fleet.Controller.StopAsync();
        _fleet.Controller.Wrapper = ["prlimit", "-n320"];
        await _fleet.Controller.StartAsync();
        await Patience.UntilAsync("it says so", () => _fleet.Controller.Output.Contains("Lowered maxConnections from 15000 to", StringComparison.Ordinal), evidence: () => _fleet.Controller.Output);
        await _fleet.WaitOnlineAsync(1);

        for (var i = 0; i < 400; i++)
        {
            await ComeAsync(1 + (i % 4));
            if (i % 4 == 0)
                await TryShakeHandsAsync(await ComeAsync(5));
        }

        (await _fleet.Admin.RunAsync("ping", "web1")).ExitCode.ShouldBe(0, _fleet.Controller.Output);
        _fleet.Controller.Output.ShouldNotContain("Out of memory");
        _fleet.Controller.Output.ShouldNotContain(" FTL ");
    }

    [ToolFact("util-linux")]
    public async Task With_too_few_file_descriptors_a_controller_does_not_start_and_says_what_to_raise()
    {
        _fleet = await FleetOnThisMachine.StartAsync();
        await _fleet.Controller.StopAsync();
        var refused = await OneShot.RunAsync(
            "prlimit", ["-n100", Binaries.Controller, "run", "--data", _fleet.Controller.DataDirectory, "--listen", _fleet.Controller.Address]);
        refused.ExitCode.ShouldBe(1, refused.ToString());
        refused.Stderr.ShouldContain("LimitNOFILE", Case.Sensitive, refused.ToString());
    }

    private async Task<TcpClient> ComeAsync(int from)
    {
        var client = new TcpClient(new IPEndPoint(new IPAddress([127, 0, 1, (byte)from]), 0));
        _strangers.Add(client);
        await client.ConnectAsync(_fleet!.Controller.Listen, _fleet.Controller.Port).WaitAsync(s_limit);
        return client;
    }

    // May be closed to make room for another meanwhile.
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5359", Justification = "An attacker does not care whom he talks to.")]
    private static async Task TryShakeHandsAsync(TcpClient client)
    {
        try
        {
            var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: true, (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync("x").WaitAsync(s_limit);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or System.Security.Authentication.AuthenticationException)
        {
        }
    }

    /// <summary>What a TLS client says first.</summary>
    private static async Task<byte[]> HelloAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(client.GetStream());
        var shaking = tls.AuthenticateAsClientAsync("x");
        var header = new byte[5];
        await server.GetStream().ReadExactlyAsync(header).AsTask().WaitAsync(s_limit);
        var rest = new byte[(header[3] << 8) | header[4]];
        await server.GetStream().ReadExactlyAsync(rest).AsTask().WaitAsync(s_limit);
        server.Close();
        await Should.ThrowAsync<Exception>(shaking.WaitAsync(s_limit));
        return [.. header, .. rest];
    }
}
