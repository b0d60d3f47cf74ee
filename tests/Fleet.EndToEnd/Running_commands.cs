using System.Text.Json;
using Fleet.Harness;

namespace Fleet.EndToEnd;

/// <summary>One controller and three agents, shared by the tests that harm nothing.</summary>
public sealed class ThreeHosts : IAsyncLifetime
{
    /// <summary>The fleet.</summary>
    public FleetOnThisMachine Fleet { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Fleet = await FleetOnThisMachine.StartAsync();
        await Fleet.AddAgentsAsync(["web1", "web2", "db1"]);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Fleet.DisposeAsync();
}

public sealed class Running_commands : IClassFixture<ThreeHosts>
{
    private readonly FleetOnThisMachine _fleet;

    public Running_commands(ThreeHosts hosts) => _fleet = hosts.Fleet;

    [Fact]
    public async Task A_command_runs_on_all_hosts_and_equal_results_are_folded()
    {
        var result = await _fleet.Admin.RunAsync("exec", "--all", "--", "printf", "hello");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Stdout.ShouldBe("--- db1,web[1-2] (3 hosts) succeeded\nhello\n");
        result.Stderr.ShouldContain("3 hosts: 3 succeeded");
    }

    [Fact]
    public async Task Shell_lines_environment_directory_umask_and_input_reach_the_command()
    {
        var result = await _fleet.Admin.RunWithInputAsync(
            "typed\n", "exec", "web1", "-c", "echo $GREETING; pwd; umask; cat", "-e", "GREETING=hi there", "--cwd", "/tmp", "--umask", "027", "--stdin", "-");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Stdout.ShouldBe("--- web1 succeeded\nhi there\n/tmp\n0027\ntyped\n");
    }

    [Fact]
    public async Task What_stands_in_the_agents_environment_commands_do_not_get()
    {
        // The agent sets it for itself.
        var result = await _fleet.Admin.RunAsync("exec", "web1", "-c", "echo ${SSL_CERT_DIR-none} $USER");
        result.Stdout.ShouldBe($"--- web1 succeeded\nnone {Environment.UserName}\n", result.ToString());
    }

    [ToolFact("python3")]
    public async Task A_script_is_sent_along_and_started_by_its_first_line()
    {
        var script = Path.Combine(_fleet.Directory, "hello.py");
        await File.WriteAllTextAsync(script, "#!/usr/bin/python3\nimport sys\nprint('python', sys.argv[1])\n");
        var result = await _fleet.Admin.RunAsync("script", script, "db1", "--", "an argument");
        result.Stdout.ShouldBe("--- db1 succeeded\npython an argument\n", result.ToString());
    }

    [Fact]
    public async Task Failures_are_told_by_kind_and_the_exit_code_says_so()
    {
        var result = await _fleet.Admin.RunAsync("exec", "web[1-2]", "-c", "echo oops >&2; exit 3");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Stdout.ShouldContain("--- web[1-2] (2 hosts) failed, exit code 3");
        result.Stdout.ShouldContain("! oops\n");
        (await _fleet.Admin.RunAsync("exec", "web1", "--", "no-such-program")).Stdout.ShouldContain("no-such-program");
    }

    [Fact]
    public async Task A_command_over_its_time_ends_with_its_daemonized_grandchildren()
    {
        var mark = $"3{Random.Shared.Next(100000, 999999)}";
        var result = await _fleet.Admin.RunAsync("exec", "web1", "--timeout", "1s", "--grace", "200ms", "-c",
            $"trap '' TERM; (setsid sleep {mark} &) ; sleep {mark}");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Stdout.ShouldContain("--- web1 timed out");
        (await OneShot.RunAsync("pgrep", ["-f", $"sleep {mark}"])).Stdout.ShouldBe("");
    }

    [Fact]
    public async Task Output_over_its_limits_keeps_head_and_tail_and_counts_the_rest()
    {
        var result = await _fleet.Admin.RunAsync("exec", "web1", "--json", "--head-bytes", "10B", "--tail-bytes", "5B", "-c", "seq -w 1 1000");
        using var json = JsonDocument.Parse(result.Stdout.Split('\n')[0]);
        var step = json.RootElement.GetProperty("steps")[0];
        step.GetProperty("stdout").GetString().ShouldBe("0001\n0002\n1000\n", result.ToString());
        step.GetProperty("stdout_gaps")[0].GetProperty("dropped_bytes").GetInt32().ShouldBe(5000 - 15);
    }

    [Fact]
    public async Task A_cancelled_job_ends_with_its_processes()
    {
        var mark = $"4{Random.Shared.Next(100000, 999999)}";
        var job = (await _fleet.Admin.RunAsync("exec", "--all", "--detach", "--", "sleep", mark)).Stdout.Trim();
        await Patience.UntilAsync("three sleepers", async () =>
            (await OneShot.RunAsync("pgrep", ["-cf", $"^sleep {mark}"])).Stdout.Trim() == "3");
        (await _fleet.Admin.RunAsync("jobs", "cancel", job)).ExitCode.ShouldBe(0);
        var watched = await _fleet.Admin.RunAsync("jobs", "watch", job);
        watched.ExitCode.ShouldBe(1, watched.ToString());
        watched.Stderr.ShouldContain("3 cancelled");
        (await OneShot.RunAsync("pgrep", ["-f", $"^sleep {mark}"])).Stdout.ShouldBe("");
    }

    [Fact]
    public async Task A_job_shown_later_prints_what_it_printed_live()
    {
        var live = await _fleet.Admin.RunAsync("exec", "--all", "-c", "echo out; echo err >&2; exit 1");
        var again = await _fleet.Admin.RunAsync("jobs", "watch", "last");
        again.Stdout.ShouldBe(live.Stdout);
        again.ExitCode.ShouldBe(live.ExitCode);
    }

    [Fact]
    public async Task Retry_reaches_only_the_hosts_that_did_not_succeed()
    {
        var flag = Path.Combine(_fleet.Directory, "flag");
        var first = await _fleet.Admin.RunAsync("exec", "web[1-2]", "-c", $"mkdir {flag}");
        first.ExitCode.ShouldBe(1, first.ToString());
        Directory.Delete(flag);
        var second = await _fleet.Admin.RunAsync("jobs", "retry", "last");
        second.ExitCode.ShouldBe(0, second.ToString());
        second.Stderr.ShouldContain("1 host: 1 succeeded");
    }

    [Theory]
    [InlineData("role=web andd x", 2)]
    [InlineData("nosuchhost", 2)]
    [InlineData("role=nothing", 2)]
    public async Task A_target_that_is_wrong_or_matches_nothing_runs_nothing(string target, int exitCode)
    {
        var result = await _fleet.Admin.RunAsync("exec", target, "--", "true");
        result.ExitCode.ShouldBe(exitCode, result.ToString());
        result.Stdout.ShouldBe("");
        result.Stderr.ShouldNotBe("");
    }

    [Fact]
    public async Task Labels_select_hosts()
    {
        (await _fleet.Admin.RunAsync("agents", "label", "web*", "--set", "role=web")).ExitCode.ShouldBe(0);
        var result = await _fleet.Admin.RunAsync("exec", "role=web and not web2", "--", "true");
        result.Stdout.ShouldContain("--- web1 succeeded", customMessage: result.ToString());
    }
}
