using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fleet.Benchmarks.Data;
using Fleet.Benchmarks.Figures;
using Fleet.Benchmarks.Processes;
using Fleet.Harness;

namespace Fleet.Benchmarks.GrepFleet;

/// <summary>`fleet grep` on real agents, each with a log of its own, against as many local searches started all at once: the agents are too.</summary>
internal static class GrepFleetBench
{
    private const double Target = 1.3;
    private const int MostRounds = 5;
    private const string Pattern = "ERROR|OOMKilled|panic";

    public static async Task RunAsync(BenchOptions options, BenchReport report, CancellationToken cancellationToken)
    {
        var different = OwnFiles.Different(options.Hosts);
        using var data = DataDirectory.Create(options, different * OwnFiles.Bytes);
        var directories = OwnFiles.Create(data, options.Hosts, different, cancellationToken);
        await using var fleet = await FleetOnThisMachine.StartAsync();
        var agents = new List<ChildProcess>();
        try
        {
            await StartAsync(fleet, directories, agents, cancellationToken);
            Progress.Say($"{agents.Count} agents linked");
            await MeasureAsync(fleet, data, directories, agents, options, report, cancellationToken);
        }
        finally
        {
            await Parallel.ForEachAsync(agents, CancellationToken.None, async (agent, _) => await agent.DisposeAsync());
        }

        if (different < options.Hosts)
            report.Note($"{options.Hosts} logs of {OwnFiles.Bytes / 1e6:0} MB would not stay in this machine's memory: {options.Hosts / different} hosts share one by symbolic links.");
        report.Note("All searches of a round run at once, on the same CPUs; grep in the C locale. Agents search at low priority.");
    }

    // Each agent works in its host's directory, so that one path, below /proc/self/cwd, is another file for each.
    private static async Task StartAsync(FleetOnThisMachine fleet, IReadOnlyList<string> directories, List<ChildProcess> agents, CancellationToken cancellationToken)
    {
        var token = await fleet.CreateTokenAsync("--uses", directories.Count.ToString(CultureInfo.InvariantCulture));
        var hosts = directories.Select(directory => (Directory: directory, Agent: fleet.NewAgent(Path.GetFileName(directory)))).ToList();
        var gate = new Lock();
        await Parallel.ForEachAsync(hosts, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (host, _) =>
        {
            await host.Agent.EnrollAsync(fleet.Controller.Address, token);
            var agent = ChildProcess.Start(
                host.Agent.Name, "/bin/sh",
                ["-c", "cd \"$0\" && exec \"$@\"", host.Directory, Binaries.Agent, "run", "--state", host.Agent.StateDirectory, "--log-level", "warning"]);
            lock (gate)
                agents.Add(agent);
        });
        await fleet.WaitOnlineAsync(directories.Count);
    }

    private static async Task MeasureAsync(
        FleetOnThisMachine fleet, DataDirectory data, IReadOnlyList<string> directories, List<ChildProcess> agents, BenchOptions options, BenchReport report, CancellationToken cancellationToken)
    {
        var grep = await ScriptAsync(data, "grep", directories, $"grep -ciE '{Pattern}'");
        var rg = await ScriptAsync(data, "rg", directories, $"rg --no-config -j1 -ci '{Pattern}'");
        var own = await ScriptAsync(data, "own", directories, $"'{Installed.Search}' -c -i '{Pattern}'");
        var (fleets, jobs, greps, rgs, owns) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < Math.Min(options.Rounds, MostRounds); round++)
        {
            var local = Local(grep, cancellationToken);
            var (took, job, matches) = await FleetAsync(fleet, directories.Count, cancellationToken);
            var fast = Local(rg, cancellationToken);
            var same = Local(own, cancellationToken);
            if (matches != local.Matches || matches != fast.Matches || matches != same.Matches || matches == 0)
                throw new InvalidOperationException($"{matches} lines were found, {local.Matches} by grep, {fast.Matches} by rg, {same.Matches} by the same search alone.");
            Progress.Say($"fleet grep {took:0} ms, grep {local.Milliseconds:0} ms, rg {fast.Milliseconds:0} ms, the same search alone {same.Milliseconds:0} ms");
            if (round < 0)
                continue;
            fleets.Add(took);
            jobs.Add(job);
            greps.Add(local.Milliseconds);
            rgs.Add(fast.Milliseconds);
            owns.Add(same.Milliseconds);
        }

        report.Add($"fleet grep --count, {directories.Count} hosts, from start to exit", "ms", fleets);
        report.Add("  the job, as its summary has it", "ms", jobs);
        report.Add($"{directories.Count} x grep -ciE", "ms", greps);
        report.Add($"{directories.Count} x rg -ci -j1", "ms", rgs);
        report.Add($"{directories.Count} x the same search, a process each", "ms", owns);
        report.Add("fleet grep / grep", "", Ratios(fleets, greps), Target);
        report.Add("fleet grep / rg", "", Ratios(fleets, rgs));
        report.Add("fleet grep / the same search alone", "", Ratios(fleets, owns));
        report.Add("an agent's RSS afterwards, median", "MB", Median(agents.ConvertAll(agent => ProcessFigures.RssOf(agent.Id) / 1e6)));
    }

    // All at once, each with its output in a file of its own.
    private static async Task<string> ScriptAsync(DataDirectory data, string name, IReadOnlyList<string> directories, string search)
    {
        var script = data.File($"{name}.sh");
        var lines = directories.Select(directory => $"{search} {directory}/{OwnFiles.Name} > {directory}/{name}.count &");
        await File.WriteAllLinesAsync(script, [.. lines, "wait", $"cat {data.Path}/host*/{name}.count"]);
        return script;
    }

    private static (double Milliseconds, long Matches) Local(string script, CancellationToken cancellationToken)
    {
        var run = TimedProgram.Run("/bin/sh", [script], cancellationToken);
        return (run.Milliseconds, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(line => long.Parse(line, CultureInfo.InvariantCulture)));
    }

    private static async Task<(double Milliseconds, double Job, long Matches)> FleetAsync(FleetOnThisMachine fleet, int hosts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = Stopwatch.GetTimestamp();
        var result = await fleet.Admin.RunAsync("grep", Pattern, "-i", "--all", "--yes", "--file", $"/proc/self/cwd/{OwnFiles.Name}", "--count", "--json");
        var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var lines = result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (result.ExitCode != 0 || lines.Length == 0)
            throw new InvalidOperationException($"The search failed: {result}");
        var summary = JsonDocument.Parse(lines[^1]).RootElement;
        if (summary.GetProperty("hosts_with_hits").GetInt32() != hosts)
            throw new InvalidOperationException($"Not every host has found something: {lines[^1]}");
        return (took, summary.GetProperty("elapsed_ms").GetDouble(), summary.GetProperty("matches").GetInt64());
    }

    private static double Median(List<double> values) => new Figure("", "", values).Median;

    private static List<double> Ratios(List<double> values, List<double> others) => [.. values.Zip(others, (value, other) => value / other)];
}
