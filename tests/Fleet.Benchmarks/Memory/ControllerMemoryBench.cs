using Fleet.Benchmarks.Figures;
using Fleet.Benchmarks.Processes;
using Fleet.Harness;

namespace Fleet.Benchmarks.Memory;

/// <summary>What an idle agent costs the controller in memory: the slope between two sizes of the fleet.</summary>
internal static class ControllerMemoryBench
{
    private const double TargetKilobytes = 90;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan LinkLimit = TimeSpan.FromSeconds(120);

    public static async Task RunAsync(BenchOptions options, BenchReport report, CancellationToken cancellationToken)
    {
        var few = options.Most / 5;
        await using var fleet = await FleetOnThisMachine.StartAsync();
        var pid = fleet.Controller.ProcessId;
        report.Add("controller without agents", "MB", ProcessFigures.RssOf(pid) / 1e6);

        await using var first = await LinkAsync(fleet, few, "a", report, cancellationToken);
        var rssOfFew = await SettledAsync(pid, cancellationToken);
        report.Add($"controller with {few} idle agents", "MB", rssOfFew / 1e6);

        await using var rest = await LinkAsync(fleet, options.Most - few, "b", report, cancellationToken);
        var rssOfMost = await SettledAsync(pid, cancellationToken);
        report.Add($"controller with {options.Most} idle agents", "MB", rssOfMost / 1e6);
        report.Add($"an idle agent, from {few} to {options.Most}", "kB", (double)(rssOfMost - rssOfFew) / (options.Most - few) / 1000, TargetKilobytes);

        var cpu = ProcessFigures.CpuOf(pid);
        await Task.Delay(Settle, cancellationToken);
        report.Add($"controller CPU with {options.Most} idle agents", "%", (ProcessFigures.CpuOf(pid) - cpu) / Settle * 100);
        var lost = first.Events("lost").Count + rest.Events("lost").Count;
        report.Note($"{lost} links were lost meanwhile. Each agent beats every 4 s; memory is read {Settle.TotalSeconds:0} s after the last one linked.");
    }

    private static async Task<SimulatorRun> LinkAsync(FleetOnThisMachine fleet, int count, string prefix, BenchReport report, CancellationToken cancellationToken)
    {
        var before = ProcessFigures.CpuOf(fleet.Controller.ProcessId);
        var run = await SimulatorRun.StartAsync(fleet, count, prefix, pings: 0);
        try
        {
            var linked = (await run.WaitAsync("linked", 1, LinkLimit, cancellationToken))[0].GetProperty("at_s").GetDouble();
            report.Add($"enroll and link {count} agents", "s", linked);
            report.Add("  controller CPU an agent", "ms", (ProcessFigures.CpuOf(fleet.Controller.ProcessId) - before).TotalMilliseconds / count);
            report.Add("  simulator CPU an agent", "ms", ProcessFigures.CpuOf(run.ProcessId).TotalMilliseconds / count);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    private static async Task<long> SettledAsync(int pid, CancellationToken cancellationToken)
    {
        await Task.Delay(Settle, cancellationToken);
        return ProcessFigures.RssOf(pid);
    }
}
