using System.Text.Json;
using Fleet.Harness;

namespace Fleet.EndToEnd;

/// <summary>`fleet grep` over real agents; they share this machine's files, so each finds the same.</summary>
public sealed class Searching_logs : IClassFixture<ThreeHosts>
{
    private readonly FleetOnThisMachine _fleet;
    private readonly string _log;

    public Searching_logs(ThreeHosts hosts)
    {
        _fleet = hosts.Fleet;
        _log = Path.Combine(_fleet.Directory, "app.log");
        File.WriteAllLines(_log,
        [
            "2026-11-20T08:00:00Z app[11]: started",
            "2026-11-20T08:00:01Z app[11]: ERROR cannot open file 17",
            "2026-11-20T08:05:00Z app[11]: still here",
            "2026-11-20T09:00:00Z kernel: Out of memory: Killed process 4242 (java)",
            "2026-11-20T09:00:05Z app[12]: error cannot open file 18",
        ]);
    }

    [Fact]
    public async Task Lines_come_with_their_numbers_a_block_per_host()
    {
        var result = await _fleet.Admin.RunAsync("grep", "ERROR", "web[1-2]", "-f", _log);
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Stdout.ShouldContain($"--- web1 {_log}\n2:2026-11-20T08:00:01Z app[11]: ERROR cannot open file 17\n");
        result.Stdout.ShouldContain($"--- web2 {_log}\n2:");
        result.Stderr.ShouldContain("2 hits");
        result.Stderr.ShouldContain("2 with hits, 0 without");
    }

    [Fact]
    public async Task Clusters_fold_similar_lines_over_hosts()
    {
        var result = await _fleet.Admin.RunAsync("grep", "-i", "error|oom=Out of memory", "--all", "-f", _log, "--cluster", "--top", "1");
        result.Stdout.ShouldStartWith("       6  db1,web[1-2] (3)");
        result.Stdout.ShouldContain("cannot open file <*>");
    }

    [Fact]
    public async Task Counts_by_pattern_fold_equal_hosts()
    {
        var result = await _fleet.Admin.RunAsync("grep", "--all", "-e", "err=(?i:error)", "-e", "oom=Out of memory", "-f", _log, "--count");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Stdout.ShouldBe("LINES\terr\toom\tHOSTS\n3\t2\t1\tdb1,web[1-2] (3)\n");
    }

    [Fact]
    public async Task A_window_context_and_json_hold()
    {
        var window = await _fleet.Admin.RunAsync("grep", "app", "db1", "-f", _log, "--since", "2026-11-20T08:04:00Z", "--until", "2026-11-20T08:30:00Z", "--json");
        var lines = window.Stdout.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines.Where(line => line.GetProperty("type").GetString() == "line").Select(line => line.GetProperty("text").GetString())
            .ShouldBe(["2026-11-20T08:05:00Z app[11]: still here"], window.ToString());
        lines[^1].GetProperty("matches").GetInt32().ShouldBe(1);

        var context = await _fleet.Admin.RunAsync("grep", "memory", "db1", "-f", _log, "-B", "1");
        context.Stdout.ShouldContain("3-2026-11-20T08:05:00Z app[11]: still here\n4:2026-11-20T09:00:00Z kernel");
    }

    [Fact]
    public async Task A_histogram_has_a_bar_for_each_time()
    {
        var result = await _fleet.Admin.RunAsync("grep", "app", "--all", "-f", _log, "--histogram");
        result.Stdout.Split('\n').Count(line => line.Contains('█')).ShouldBe(3, result.ToString());
    }

    [Fact]
    public async Task A_host_that_cannot_search_is_named_with_the_reason()
    {
        var result = await _fleet.Admin.RunAsync("grep", "x", "--all", "-f", "/no/such.log");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Stdout.ShouldContain("--- db1,web[1-2] (3 hosts) /no/such.log: no such file");
        result.Stderr.ShouldContain("3 failed or incomplete");
    }

    [Theory]
    [InlineData("--all", "(unclosed", "-f", "/var/log/x")]
    [InlineData("--all", "x", "-f", "relative.log")]
    [InlineData("--all", "x", "--since", "the other day")]
    [InlineData("--all", "(a)\\1")]
    public async Task What_is_wrong_is_refused_before_anything_is_sent(params string[] arguments)
    {
        var jobs = (await _fleet.Admin.RunAsync("jobs", "list", "--json")).Stdout;
        var result = await _fleet.Admin.RunAsync(["grep", .. arguments]);
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Stderr.Length.ShouldBeGreaterThan(20);
        (await _fleet.Admin.RunAsync("jobs", "list", "--json")).Stdout.ShouldBe(jobs);
    }
}
