using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fleet.Benchmarks.Figures;
using Fleet.Benchmarks.Processes;
using Fleet.Harness;

namespace Fleet.Benchmarks.Fanout;

/// <summary>An inspection of three commands on real agents, against the same processes started bare. Both in turn, in one run.</summary>
internal static class FanoutBench
{
    private const double TargetRatio = 1.5;
    private const int WarmUp = 2;
    private static readonly string[] Inspection = ["df -h /", "free -h", "uptime"];

    public static async Task RunAsync(BenchOptions options, BenchReport report, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await using var fleet = await FleetOnThisMachine.StartAsync();
        await fleet.AddAgentsAsync(Enumerable.Range(1, options.Hosts).Select(n => $"host{n:000}"), "--log-level", "warning");
        report.Add($"enroll and start {options.Hosts} agents", "s", clock.Elapsed.TotalSeconds);

        Progress.Say($"{options.Hosts} agents linked after {clock.Elapsed.TotalSeconds:0.0} s; {WarmUp} rounds to warm up, {options.Rounds} that count");
        for (var i = 0; i < WarmUp; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await FloorAsync(options.Hosts);
            await CommandAsync(fleet, options.Hosts);
        }

        var (floors, commands, jobs) = (new List<double>(), new List<double>(), new List<double>());
        var (controller, agents) = (new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            floors.Add(await FloorAsync(options.Hosts));
            var (controllerCpu, agentCpu) = (ProcessFigures.CpuOf(fleet.Controller.ProcessId), CpuOfAgents(fleet));
            commands.Add(await CommandAsync(fleet, options.Hosts));
            controller.Add((ProcessFigures.CpuOf(fleet.Controller.ProcessId) - controllerCpu).TotalMilliseconds);
            agents.Add((CpuOfAgents(fleet) - agentCpu).TotalMilliseconds);
            jobs.Add(await LastJobAsync(fleet));
            Progress.Say($"floor {floors[^1]:0} ms, job {jobs[^1]:0} ms, command {commands[^1]:0} ms");
        }

        report.Add($"floor: {options.Hosts} x {Inspection.Length} bare processes", "ms", floors);
        report.Add("the job, as its record has it", "ms", jobs);
        report.Add("fleet exec, from start to exit", "ms", commands);
        report.Add("the job / floor", "", Ratios(jobs, floors), TargetRatio);
        report.Add("fleet exec / floor", "", Ratios(commands, floors), TargetRatio);
        report.Add("  controller CPU a round", "ms", controller);
        report.Add("  agents' own CPU a round, all together", "ms", agents);
        report.Note("The floor has no output to keep and no job to store; each ratio is of one round, the floor just before the fleet.");
    }

    private static async Task<double> FloorAsync(int hosts)
    {
        var result = await OneShot.RunAsync(
            Environment.ProcessPath!, ["floor", hosts.ToString(CultureInfo.InvariantCulture), .. Inspection]);
        return result.ExitCode == 0
            ? double.Parse(result.Stdout, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"The floor failed: {result}");
    }

    private static async Task<double> CommandAsync(FleetOnThisMachine fleet, int hosts)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await fleet.Admin.RunAsync(["exec", "--all", "--yes", .. Inspection.SelectMany(line => new[] { "-c", line })]);
        var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (result.ExitCode != 0 || !result.Stderr.Contains($"{hosts} succeeded", StringComparison.Ordinal))
            throw new InvalidOperationException($"The inspection did not succeed everywhere: the figures would mean nothing. {result.Stderr}");
        return took;
    }

    private static async Task<double> LastJobAsync(FleetOnThisMachine fleet)
    {
        var result = await fleet.Admin.RunAsync("jobs", "list", "--limit", "1", "--json");
        using var job = JsonDocument.Parse(result.Stdout);
        return (job.RootElement.GetProperty("ended_at").GetDateTimeOffset() - job.RootElement.GetProperty("created_at").GetDateTimeOffset()).TotalMilliseconds;
    }

    private static TimeSpan CpuOfAgents(FleetOnThisMachine fleet) =>
        fleet.Agents.Aggregate(TimeSpan.Zero, (sum, agent) => sum + ProcessFigures.CpuOf(agent.ProcessId));

    private static List<double> Ratios(List<double> values, List<double> floors) => [.. values.Zip(floors, (value, floor) => value / floor)];
}
