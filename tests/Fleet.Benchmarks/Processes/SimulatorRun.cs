using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Fleet.Harness;

namespace Fleet.Benchmarks.Processes;

/// <summary>fleet-simulator at work: N agents in one process.</summary>
internal sealed class SimulatorRun : IAsyncDisposable
{
    private const int MostEvidence = 2000;
    private readonly ChildProcess _process;

    private SimulatorRun(ChildProcess process) => _process = process;

    /// <summary>Its process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts it.</summary>
    public static async Task<SimulatorRun> StartAsync(FleetOnThisMachine fleet, int count, string prefix, int pings, int atOnce = 1)
    {
        var token = await fleet.CreateTokenAsync("--uses", Math.Max(1, count).ToString(CultureInfo.InvariantCulture));
        List<string> arguments =
        [
            "--controller", fleet.Controller.Address, "--token", token, "--prefix", prefix, "--count", count.ToString(CultureInfo.InvariantCulture),
        ];
        if (pings > 0)
        {
            var seat = await fleet.CreateTokenAsync("--operator", "operator");
            arguments.AddRange(["--operator-token", seat, "--pings", pings.ToString(CultureInfo.InvariantCulture)]);
            arguments.AddRange(["--at-once", atOnce.ToString(CultureInfo.InvariantCulture)]);
        }

        return Start(arguments);
    }

    /// <summary>Starts it for hits, at 10,000 a second for so many seconds and then as fast as they are taken.</summary>
    public static async Task<SimulatorRun> StartHitsAsync(FleetOnThisMachine fleet, int count, int seconds)
    {
        var token = await fleet.CreateTokenAsync("--uses", Math.Max(1, count).ToString(CultureInfo.InvariantCulture));
        return Start(
        [
            "--controller", fleet.Controller.Address, "--token", token, "--prefix", "sim", "--count", count.ToString(CultureInfo.InvariantCulture),
            "--operator-token", await fleet.CreateTokenAsync("--operator", "admin"), "--hit-seconds", seconds.ToString(CultureInfo.InvariantCulture),
            "--probe-port", FreePort().ToString(CultureInfo.InvariantCulture),
        ]);
    }

    // Free now; nobody else on this machine is expected to take it within the second.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static SimulatorRun Start(List<string> arguments)
    {
        // What simulates is not what is measured: the less it costs beside the controller, the better.
        var quick = new Dictionary<string, string> { ["DOTNET_TieredPGO"] = "0", ["DOTNET_gcServer"] = "0" };
        return new SimulatorRun(ChildProcess.Start("fleet-simulator", Installed.Simulator, arguments, quick));
    }

    /// <summary>What it has reported of this kind so far.</summary>
    public IReadOnlyList<JsonElement> Events(string kind) =>
    [
        .. _process.Output.Split('\n')
            .Where(line => line.StartsWith('{'))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("event").GetString() == kind),
    ];

    /// <summary>Waits until it has reported so many of this kind.</summary>
    public async Task<IReadOnlyList<JsonElement>> WaitAsync(string kind, int count, TimeSpan limit, CancellationToken cancellationToken)
    {
        await Patience.UntilAsync(
            $"the simulator reports {count} x {kind}",
            () =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_process.HasExited)
                    throw new InvalidOperationException($"The simulator ended:\n{_process.Output}");
                return Count(kind) >= count;
            },
            limit,
            () => _process.Output[^Math.Min(MostEvidence, _process.Output.Length)..]);
        return Events(kind);
    }

    // Asked twenty times a second: nothing is parsed for it.
    private int Count(string kind) => _process.Output.AsSpan().Count($"{{\"event\":\"{kind}\"");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
