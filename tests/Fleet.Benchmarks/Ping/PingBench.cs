using Fleet.Benchmarks.Figures;
using Fleet.Benchmarks.Processes;
using Fleet.Harness;

namespace Fleet.Benchmarks.Ping;

/// <summary>A no-op task on many simulated agents over TLS: from the request to the end of the watched job, every result durable.</summary>
internal static class PingBench
{
    private const double TargetMs = 150;
    // The first rounds run code that is still being compiled for good; they are reported by themselves.
    private const int WarmUp = 30;

    public static async Task RunAsync(BenchOptions options, BenchReport report, CancellationToken cancellationToken)
    {
        await using var fleet = await FleetOnThisMachine.StartAsync();
        Progress.Say($"enrolling and linking {options.Agents} simulated agents");
        var before = ProcessFigures.CpuOf(fleet.Controller.ProcessId);
        await using var simulator = await SimulatorRun.StartAsync(fleet, options.Agents, "sim", options.Pings + WarmUp);
        var linked = (await simulator.WaitAsync("linked", 1, TimeSpan.FromSeconds(120), cancellationToken))[0];
        report.Add($"enroll and link {options.Agents} agents", "s", linked.GetProperty("at_s").GetDouble());
        report.Add(
            "  controller CPU an agent", "ms",
            (ProcessFigures.CpuOf(fleet.Controller.ProcessId) - before).TotalMilliseconds / options.Agents);

        await simulator.WaitAsync("ping", WarmUp, TimeSpan.FromSeconds(60), cancellationToken);
        var (controller, simulated) = (ProcessFigures.CpuOf(fleet.Controller.ProcessId), ProcessFigures.CpuOf(simulator.ProcessId));
        var started = simulator.Events("ping").Count;
        await simulator.WaitAsync("pings", 1, TimeSpan.FromSeconds(120), cancellationToken);
        var rounds = simulator.Events("ping");
        var measured = Math.Max(1, rounds.Count - started);
        var (controllerMs, simulatedMs) = (
            (ProcessFigures.CpuOf(fleet.Controller.ProcessId) - controller).TotalMilliseconds / measured,
            (ProcessFigures.CpuOf(simulator.ProcessId) - simulated).TotalMilliseconds / measured);

        if (rounds.Any(round => round.GetProperty("succeeded").GetInt32() != options.Agents))
            throw new InvalidOperationException("A ping did not succeed on all simulated agents: the figures would mean nothing.");
        var done = rounds.Select(round => round.GetProperty("done_ms").GetDouble()).ToList();
        report.Add($"ping {options.Agents} agents", "ms", [.. done.Skip(WarmUp)], TargetMs);
        report.Add("  until the job is durable and answered", "ms", [.. rounds.Skip(WarmUp).Select(round => round.GetProperty("created_ms").GetDouble())]);
        report.Add("  the very first", "ms", done[0]);
        report.Add("  the first 10", "ms", [.. done.Take(10)]);
        report.Add("  controller CPU a ping", "ms", controllerMs);
        report.Add("  simulator CPU a ping", "ms", simulatedMs);
        report.Note($"The simulator shares the {Environment.ProcessorCount} CPUs with the controller. Rounds {WarmUp + 1} to {rounds.Count}.");
    }
}
