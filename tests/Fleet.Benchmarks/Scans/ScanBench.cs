using Fleet.Benchmarks.Figures;
using Fleet.Benchmarks.Processes;
using Fleet.Benchmarks.Webhooks;
using Fleet.Harness;

namespace Fleet.Benchmarks.Scans;

/// <summary>A real agent that scans for a real controller: what 50 idle sources cost, and how long a written line takes to a stored hit and to a webhook.</summary>
internal static class ScanBench
{
    private const int IdleSources = 50;
    private const int LinesInEach = 1000;
    private const int Probes = 60;
    private const double HitTargetMs = 1000;
    private const double AlertTargetMs = 2000;
    private const double MemoryTargetMegabytes = 5;
    // CPU time comes in steps of 10 ms: one of them is none that can be measured.
    private const double CpuTargetMs = 10;
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(BenchReport report, CancellationToken cancellationToken)
    {
        await using var fleet = await FleetOnThisMachine.StartAsync();
        await fleet.AddAgentsAsync(["host1"]);
        var agent = fleet.Agents[0].ProcessId;
        await IdleAsync(fleet, agent, report, cancellationToken);
        await LatencyAsync(fleet, report, cancellationToken);
        if (Binaries.NativeAgent is null)
            report.Note("There is no natively compiled agent here: run `dotnet cake --target=Publish` first. The targets of memory and CPU are meant for that one.");
    }

    private static async Task IdleAsync(FleetOnThisMachine fleet, int agent, BenchReport report, CancellationToken cancellationToken)
    {
        var logs = Directory.CreateDirectory(Path.Combine(fleet.Directory, "idle")).FullName;
        for (var i = 0; i < IdleSources; i++)
            await File.WriteAllLinesAsync(Path.Combine(logs, $"app{i}.log"), Enumerable.Range(0, LinesInEach).Select(n => $"2026-11-21T12:00:00Z app[{n}]: all is well"), cancellationToken);
        await Task.Delay(s_settle, cancellationToken);
        var without = ProcessFigures.Read(agent);
        var runBefore = CpuClock.Of(agent);
        await Task.Delay(s_idle / 2, cancellationToken);
        var ownUse = (CpuClock.Of(agent) - runBefore) * 2;

        var sources = string.Concat(Enumerable.Range(0, IdleSources).Select(i => $"\n      - file: {logs}/app{i}.log"));
        await ScanFile.ApplyAsync(fleet, $"scans:\n  - name: idle\n    target: '*'\n    patterns: ['ERROR|OOMKilled|panic']\n    sources:{sources}\n");
        await Task.Delay(s_settle, cancellationToken);
        var before = ProcessFigures.Read(agent);
        var run = CpuClock.Of(agent);
        await Task.Delay(s_idle, cancellationToken);
        var after = ProcessFigures.Read(agent);

        report.Add("agent without scans: RSS", "MB", without.RssBytes / 1e6);
        report.Add($"agent with a scan of {IdleSources} idle logs: RSS", "MB", after.RssBytes / 1e6);
        report.Add("  RSS of the scan", "MB", (after.RssBytes - without.RssBytes) / 1e6, MemoryTargetMegabytes);
        report.Add("  private dirty of the scan", "MB", (after.PrivateDirtyBytes - without.PrivateDirtyBytes) / 1e6);
        report.Add($"  CPU within {s_idle.TotalSeconds:0} s", "ms", (after.Cpu - before.Cpu).TotalMilliseconds, CpuTargetMs);
        report.Add("  the same by the scheduler's clock", "ms", (CpuClock.Of(agent) - run).TotalMilliseconds);
        report.Add("  and without scans", "ms", ownUse.TotalMilliseconds);
        Progress.Say($"{IdleSources} idle sources measured; now {Probes} lines");
    }

    private static async Task LatencyAsync(FleetOnThisMachine fleet, BenchReport report, CancellationToken cancellationToken)
    {
        await using var door = new WebhookDoor();
        var log = Path.Combine(fleet.Directory, "probe.log");
        await File.WriteAllTextAsync(log, "", cancellationToken);
        await ScanFile.ApplyAsync(fleet, $$"""
            channels: [{name: door, webhook: {url: '{{door.Url}}' } }]
            scans:
              - name: probe
                target: '*'
                sources: [{file: {{log}}}]
                patterns: [{name: probe, text: probe, severity: error}]
                alert: {group: template, notify: [door]}
            """);
        await using var hits = fleet.Admin.Start("hits", "--scan", "probe", "--follow", "--json");
        var lines = new WrittenLines(log, hits, door);
        await lines.WarmUpAsync(cancellationToken);

        var (stored, told) = (new List<double>(), new List<double>());
        // Not in step with any clock of the agent's.
        var chance = new Random(7);
        for (var i = 0; i < Probes; i++)
        {
            await Task.Delay(chance.Next(100, 600), cancellationToken);
            var (hit, alert) = await lines.MeasureAsync(cancellationToken);
            stored.Add(hit);
            told.Add(alert);
        }

        report.Add("written line to stored hit", "ms", stored, HitTargetMs);
        report.Add("written line to alert at the webhook", "ms", told, AlertTargetMs);
        report.Note("A hit counts as stored when `fleet hits --follow` prints it: what it prints comes from the store.");
    }
}
