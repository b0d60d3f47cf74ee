using System.Globalization;
using Fleet.Benchmarks.Figures;
using Fleet.Benchmarks.Processes;
using Fleet.Harness;

namespace Fleet.Benchmarks.AgentCost;

/// <summary>What an agent takes from its host: idle, and after work.</summary>
internal static class AgentCostBench
{
    private const double Megabyte = 1e6;
    private const int NoOps = 10_000;
    private const int NoOpsAtOnce = 8;
    private const int Printers = 100;
    private const int PrintersAtOnce = 4;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(BenchOptions options, BenchReport report, CancellationToken cancellationToken)
    {
        await using var fleet = await FleetOnThisMachine.StartAsync();
        await fleet.AddAgentsAsync(["host1", "host2"]);
        var (pinged, printing) = (fleet.Agents[0].ProcessId, fleet.Agents[1].ProcessId);

        report.Add("binary", "MB", new FileInfo(Binaries.Agent).Length / Megabyte, 12);
        await Task.Delay(Settle, cancellationToken);
        var idle = ProcessFigures.Read(pinged);
        await Task.Delay(Idle, cancellationToken);
        var later = ProcessFigures.Read(pinged);
        Describe(report, "idle, linked over TLS", later, withTargets: true);
        report.Add("  threads", "", later.Threads);
        report.Add($"  CPU within {Idle.TotalSeconds:0} s", "ms", (later.Cpu - idle.Cpu).TotalMilliseconds, 10);
        report.Add("  voluntary switches a second", "", (later.VoluntarySwitches - idle.VoluntarySwitches) / Idle.TotalSeconds);

        Progress.Say($"idle: RSS {later.RssBytes / Megabyte:0.0} MB, private dirty {later.PrivateDirtyBytes / Megabyte:0.0} MB; now {NoOps} no-op tasks");
        await using (var pings = await SimulatorRun.StartAsync(fleet, 0, "host1", NoOps, NoOpsAtOnce))
            await pings.WaitAsync("pings", 1, TimeSpan.FromSeconds(100), cancellationToken);
        await Task.Delay(Settle, cancellationToken);
        Describe(report, $"after {NoOps.ToString("N0", CultureInfo.InvariantCulture)} no-op tasks", ProcessFigures.Read(pinged));

        Progress.Say($"now {Printers} tasks that print");
        await Parallel.ForAsync(0, Printers, new ParallelOptions { MaxDegreeOfParallelism = PrintersAtOnce, CancellationToken = cancellationToken }, async (_, _) =>
        {
            var result = await fleet.Admin.RunAsync("exec", "host2", "--quiet", "-c", "seq 1 51000 | head -c 300000");
            if (result.ExitCode != 0)
                throw new InvalidOperationException($"A task that prints did not succeed: {result}");
        });
        var atOnce = ProcessFigures.Read(printing);
        Describe(report, $"after {Printers} tasks with 300 kB each, at once", atOnce);
        await Task.Delay(Settle, cancellationToken);
        Describe(report, $"  and {Settle.TotalSeconds:0} s later", ProcessFigures.Read(printing));
        if (Binaries.NativeAgent is null)
            report.Note("There is no natively compiled agent here: run `dotnet cake --target=Publish` first. The targets are meant for that one.");
    }

    private static void Describe(BenchReport report, string when, ProcessFigures figures, bool withTargets = false)
    {
        report.Add($"{when}: RSS", "MB", figures.RssBytes / Megabyte, withTargets ? 20 : null);
        report.Add("  private dirty", "MB", figures.PrivateDirtyBytes / Megabyte, withTargets ? 6 : null);
    }
}
