using System.Text.Json;
using Fleet.Benchmarks.Figures;
using Fleet.Benchmarks.Processes;
using Fleet.Harness;

namespace Fleet.Benchmarks.Hits;

/// <summary>Hits of many simulated agents over TLS, each stored once before it is acknowledged, and judged: 10,000 a second, and as many as go.</summary>
internal static class HitsBench
{
    private const int Rate = 10_000;
    // Of the two seconds from the line to the door; the agent has the other half.
    private const double AlertTargetMs = 1000;
    // A report is on its way when the last second is over.
    private const double SlackSeconds = 0.5;

    public static async Task RunAsync(BenchOptions options, BenchReport report, CancellationToken cancellationToken)
    {
        await using var fleet = await FleetOnThisMachine.StartAsync();
        Progress.Say($"enrolling and linking {options.Agents} simulated agents");
        await using var simulator = await SimulatorRun.StartHitsAsync(fleet, options.Agents, options.Seconds);
        await simulator.WaitAsync("linked", 1, TimeSpan.FromSeconds(120), cancellationToken);
        var cpu = ProcessFigures.CpuOf(fleet.Controller.ProcessId);
        var paced = (await simulator.WaitAsync("hits", 1, TimeSpan.FromSeconds(120), cancellationToken))[0];
        var busy = (ProcessFigures.CpuOf(fleet.Controller.ProcessId) - cpu).TotalSeconds;
        var flatOut = (await simulator.WaitAsync("hits", 2, TimeSpan.FromSeconds(120), cancellationToken))[1];
        var stored = ProcessFigures.RssOf(fleet.Controller.ProcessId);
        var counted = (await simulator.WaitAsync("hits-counted", 1, TimeSpan.FromSeconds(60), cancellationToken))[0];

        var alerts = simulator.Events("alerts");

        var (sent, total) = (Number(counted, "sent"), Number(counted, "total"));
        if (total != sent || Number(counted, "found") != sent || Number(counted, "in_alerts") != sent)
            throw new InvalidOperationException($"Of the hits some are missing or stored twice: {counted}");

        report.Add($"{Number(paced, "hits"):0} hits at {Rate} a second", "s", Number(paced, "took_s"), options.Seconds + SlackSeconds);
        report.Add("  report to acknowledgement, median", "ms", Number(paced, "ack_median_ms"));
        report.Add("  report to acknowledgement, 99 %", "ms", Number(paced, "ack_p99_ms"));
        report.Add("  controller CPU", "%", busy / Number(paced, "took_s") * 100);
        report.Add("  as fast as they are taken", "hits/s", Number(flatOut, "hits") / Number(flatOut, "took_s"));
        report.Add("  hit to webhook meanwhile, median", "ms", Number(alerts[1], "median_ms"), AlertTargetMs);
        report.Add("  hit to webhook meanwhile, worst", "ms", Number(alerts[1], "worst_ms"));
        report.Add("hit to webhook where nothing else happens, median", "ms", Number(alerts[0], "median_ms"), AlertTargetMs);
        report.Add("hit to webhook where nothing else happens, worst", "ms", Number(alerts[0], "worst_ms"));
        report.Add("  controller memory when the last was stored", "MB", stored / 1e6);
        report.Add("  and when all were counted by template", "MB", ProcessFigures.RssOf(fleet.Controller.ProcessId) / 1e6);
        report.Note($"{options.Agents} simulated agents, ten hits a report, every fiftieth report sent twice: {sent:0} hits found, {total:0} stored, as many in alerts.");
        report.Note($"The simulator shares the {Environment.ProcessorCount} CPUs with the controller.");
    }

    private static double Number(JsonElement line, string name) => line.GetProperty(name).GetDouble();
}
