using System.Globalization;
using System.Text.Json;
using Fleet.Benchmarks.Figures;
using Fleet.Benchmarks.Processes;
using Fleet.Benchmarks.Scans;
using Fleet.Benchmarks.Webhooks;
using Fleet.Harness;

namespace Fleet.Benchmarks.Storm;

/// <summary>A million lines that match, within a minute, on one host: what the agent takes, and what the operator gets.</summary>
internal static class StormBench
{
    private const int Lines = 1_000_000;
    // The agent's scans may use half of one processor (ScanOptions.MaxCpuPercent); sending what they find comes on top.
    private const double CpuTargetPercent = 55;
    // What one search may have; the agent as a whole, with its scans, keeps to it.
    private const double MemoryTargetMegabytes = 30;
    private const double AlertTargetMs = 2000;
    // The spool's limit (ScanOptions.MaxSpoolBytes) and what else an agent keeps.
    private const double DiskTargetMegabytes = 34;
    private static readonly TimeSpan s_minute = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(BenchReport report, CancellationToken cancellationToken)
    {
        await using var fleet = await FleetOnThisMachine.StartAsync();
        await fleet.AddAgentsAsync(["host1"]);
        await using var door = new WebhookDoor();
        var (storm, ready) = (Path.Combine(fleet.Directory, "storm.log"), Path.Combine(fleet.Directory, "ready.log"));
        await BeginAsync(fleet, door.Url, storm, ready, cancellationToken);
        await Task.Delay(s_settle, cancellationToken);

        var agent = fleet.Agents[0].ProcessId;
        var idle = ProcessFigures.Read(agent);
        using var watched = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = new AgentWatch(agent, fleet.Agents[0].StateDirectory);
        var watching = watch.RunAsync(watched.Token);
        var start = TimeProvider.System.GetTimestamp();
        var writing = new StormWriter(storm, Lines, s_minute).RunAsync(cancellationToken);
        await Patience.UntilAsync("the alert arrives", () => door.Taken.Count > 0, s_patience);
        var told = TimeProvider.System.GetElapsedTime(start, door.Taken[0].At);
        var took = await writing;
        var busy = ProcessFigures.CpuOf(agent) - idle.Cpu;
        var end = TimeProvider.System.GetTimestamp();
        Progress.Say($"{Lines} lines written in {took.TotalSeconds:0.0} s; now the numbers");

        var alert = await CountedAsync(fleet, cancellationToken);
        var counted = TimeProvider.System.GetElapsedTime(end);
        await watched.CancelAsync();
        await watching;
        var hits = await HitsAsync(fleet);
        Check(hits, alert, door);

        report.Add($"{Lines.ToString("N0", CultureInfo.InvariantCulture)} lines written", "s", took.TotalSeconds);
        report.Add("  first line to alert at the webhook", "ms", told.TotalMilliseconds, AlertTargetMs);
        report.Add("  last line to the full count in the alert", "s", counted.TotalSeconds);
        report.Add("agent: CPU while the storm lasts", "%", busy / took * 100, CpuTargetPercent);
        report.Add("agent: RSS before", "MB", idle.RssBytes / 1e6);
        report.Add("agent: RSS at its highest", "MB", watch.MostRssBytes / 1e6, MemoryTargetMegabytes);
        report.Add("agent: disk at its highest", "MB", watch.MostDiskBytes / 1e6, DiskTargetMegabytes);
        report.Add("alerts beyond one, messages beyond one", "", door.Taken.Count - 1, 0);
        report.Add("lines missing or repeated: hits and counts", "", Math.Abs(Lines - hits.Kept - hits.Counted), 0);
        report.Add("lines missing or repeated: the alert", "", Math.Abs(Lines - alert.GetProperty("count").GetInt64()), 0);
        report.Add("  kept one by one", "", hits.Kept);
        report.Add("  counted by kind", "", hits.Counted);
        report.Add("  examples in the alert", "", alert.GetProperty("examples").GetArrayLength());
        await Task.Delay(s_settle, cancellationToken);
        report.Add($"agent: RSS {s_settle.TotalSeconds:0} s later", "MB", ProcessFigures.RssOf(agent) / 1e6);
        if (Binaries.NativeAgent is null)
            report.Note("There is no natively compiled agent here: run `dotnet cake --target=Publish` first. The targets of memory and CPU are meant for that one.");
    }

    // The agent has both logs open when a line of the second one has come through.
    private static async Task BeginAsync(FleetOnThisMachine fleet, string url, string storm, string ready, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(storm, "", cancellationToken);
        await File.WriteAllTextAsync(ready, "", cancellationToken);
        await ScanFile.ApplyAsync(fleet, $$"""
            channels: [{name: door, webhook: {url: '{{url}}' } }]
            scans:
              - name: storm
                target: '*'
                sources: [{file: {{storm}}}]
                patterns: [{name: error, text: ERROR, severity: error}]
                alert: {group: host, notify: [door]}
              - name: ready
                target: '*'
                sources: [{file: {{ready}}}]
                patterns: [{name: ready, text: ready}]
            """);
        await Patience.UntilAsync("the agent scans", async () =>
        {
            await File.AppendAllTextAsync(ready, "ready\n", cancellationToken);
            return (await fleet.Admin.RunAsync("hits", "--scan", "ready", "--json")).Stdout.Contains("\"text\":\"ready\"", StringComparison.Ordinal);
        }, s_patience);
    }

    private static async Task<JsonElement> CountedAsync(FleetOnThisMachine fleet, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var alerts = JsonOf(await fleet.Admin.RunAsync("alerts", "list", "--scan", "storm", "--json")).ToList();
            if (alerts.Count > 1)
                throw new InvalidOperationException($"There is more than one alert: {string.Join('\n', alerts)}");
            if (alerts.Count == 1 && (alerts[0].GetProperty("count").GetInt64() >= Lines || TimeProvider.System.GetElapsedTime(start) > s_patience))
                return alerts[0];
            await Task.Delay(100, cancellationToken);
        }
    }

    private static async Task<(long Kept, long Counted)> HitsAsync(FleetOnThisMachine fleet)
    {
        var result = await fleet.Admin.RunAsync("hits", "--scan", "storm", "--limit", "100000", "--json");
        var summary = JsonOf(result).Single(line => line.GetProperty("type").GetString() == "summary");
        return (summary.GetProperty("hits").GetInt64(), summary.GetProperty("summarized").GetInt64());
    }

    private static void Check((long Kept, long Counted) hits, JsonElement alert, WebhookDoor door)
    {
        if (hits.Kept == 0 || hits.Counted == 0 || alert.GetProperty("examples").GetArrayLength() == 0)
            throw new InvalidOperationException($"The storm left no examples, or was not counted: {hits}, {alert}");
        if (door.Taken[0].Message.GetProperty("status").GetString() != "firing")
            throw new InvalidOperationException($"The message is none of an alert that fires: {door.Taken[0].Message}");
    }

    private static IEnumerable<JsonElement> JsonOf(CommandResult result) => result.ExitCode == 0
        ? result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
        : throw new InvalidOperationException($"{result}");
}
