using Fleet.Harness;

namespace Fleet.EndToEnd.Faults;

/// <summary>Agents and controllers that die in the midst of work and come back.</summary>
public sealed class Processes_that_are_killed : IAsyncLifetime
{
    private FleetOnThisMachine _fleet = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        // A short silence limit keeps the wait for a dead link short.
        _fleet = await FleetOnThisMachine.StartAsync("--set", "agents.heartbeatTimeout=3s");
        await _fleet.AddAgentsAsync(["web1", "web2"]);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task An_agent_killed_in_the_midst_of_a_task_tells_the_truth_when_it_is_back()
    {
        var mark = $"5{Random.Shared.Next(100000, 999999)}";
        var job = await DetachAsync("--all", "--timeout", "60s", "-c", $"echo before; (setsid sleep {mark} &); sleep {mark}");
        await Patience.UntilAsync("four sleepers", async () => await CountAsync($"^sleep {mark}") == 4);
        // What it had said before is not to be lost.
        await UntilShownAsync(job, "\"host\":\"web1\"", "\"data\":\"before");
        var web1 = _fleet.Agents[0];
        await web1.KillAsync();
        web1.Start();

        await Patience.UntilAsync("the leftovers of web1 are gone", async () => await CountAsync($"^sleep {mark}") == 2, evidence: () => web1.Output);
        (await _fleet.Admin.RunAsync("jobs", "cancel", job)).ExitCode.ShouldBe(0);
        var truth = await JobTruth.OfAsync(_fleet.Admin, job);
        truth.State("web1").ShouldBe("interrupted");
        truth.Reason("web1").ShouldContain("agent");
        truth.Output["web1"].ShouldBe("before\n");
        truth.State("web2").ShouldBe("cancelled");
        (await CountAsync($"^sleep {mark}")).ShouldBe(0);

        var next = await _fleet.Admin.RunAsync("exec", "web1", "--", "echo", "again");
        next.Stdout.ShouldBe("--- web1 succeeded\nagain\n", next.ToString());
    }

    [Fact]
    public async Task A_task_whose_journal_is_damaged_while_its_agent_is_dead_ends_once_and_says_so()
    {
        var mark = $"6{Random.Shared.Next(100000, 999999)}";
        var job = await DetachAsync("web1", "--timeout", "5m", "-c", $"echo before; exec sleep {mark}");
        await UntilShownAsync(job, "\"host\":\"web1\"", "\"data\":\"before");
        var web1 = _fleet.Agents[0];
        await web1.KillAsync();

        // The last record is the output, which the controller has: the end that the agent writes gets the same number.
        var file = Directory.GetFiles(Path.Combine(web1.StateDirectory, "tasks")).ShouldHaveSingleItem();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^3] ^= 0x55;
        await File.WriteAllBytesAsync(file, bytes);
        web1.Start();

        var truth = await JobTruth.OfAsync(_fleet.Admin, job);
        truth.State("web1").ShouldBe("interrupted");
        truth.Reason("web1").ShouldContain("; the agent's journal of the task is damaged behind record 1, what stood there is lost");
        truth.Output["web1"].ShouldBe("before\n");
        await Patience.UntilAsync("the agent forgets it", () => Directory.GetFiles(Path.Combine(web1.StateDirectory, "tasks")).Length == 0, evidence: () => web1.Output);
        (await CountAsync($"^sleep {mark}")).ShouldBe(0);
    }

    [Fact]
    public async Task A_controller_killed_in_the_midst_of_a_job_loses_nothing_and_starts_nothing_twice()
    {
        // web2 is away: its task is still to be delivered. web1 runs one task that ends while the controller is dead, and one that goes on.
        await _fleet.Agents[1].StopAsync();
        await _fleet.WaitOnlineAsync(1);
        var gate = Path.Combine(_fleet.Directory, "gate");
        var journal = Path.Combine(_fleet.Directory, "runs-");
        var waiting = await DetachAsync("--all", "--wait-offline", "2m", "-c",
            $"echo run >> {journal}one; echo first; while [ ! -e {gate} ]; do sleep 0.1; done; echo last");
        var brief = await DetachAsync("web1", "-c", $"echo run >> {journal}two; echo begun; while [ ! -e {gate}2 ]; do sleep 0.1; done; echo done");
        await Patience.UntilAsync("both tasks have begun", () => File.Exists(journal + "one") && File.Exists(journal + "two"));
        await using var watcher = _fleet.Admin.Start("jobs", "watch", brief, "--stream");
        await Patience.UntilAsync("somebody watches", () => watcher.Output.Contains("begun", StringComparison.Ordinal), evidence: () => watcher.Output);
        await _fleet.Controller.KillAsync();
        await File.WriteAllTextAsync(gate + "2", "");
        await Patience.UntilAsync("the brief task is over", async () => await CountAsync($"{journal}two") == 0);
        await _fleet.Controller.StartAsync();
        _fleet.Agents[1].Start();
        await Patience.UntilAsync("web2 has begun", () => File.ReadAllLines(journal + "one").Length == 2, TimeSpan.FromSeconds(60), () => _fleet.Controller.Output);
        await File.WriteAllTextAsync(gate, "");

        var truth = await JobTruth.OfAsync(_fleet.Admin, waiting, TimeSpan.FromSeconds(90));
        (truth.State("web1"), truth.State("web2")).ShouldBe(("succeeded", "succeeded"));
        truth.Output.Values.ShouldAllBe(text => text == "first\nlast\n");
        var second = await JobTruth.OfAsync(_fleet.Admin, brief);
        second.State("web1").ShouldBe("succeeded");
        second.Output["web1"].ShouldBe("begun\ndone\n");
        (await File.ReadAllLinesAsync(journal + "one")).Length.ShouldBe(2);
        (await File.ReadAllLinesAsync(journal + "two")).Length.ShouldBe(1);

        // Who was watching when it died sees the end all the same.
        (await watcher.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(0, watcher.Output);
        watcher.Output.ShouldContain("1 succeeded");
    }

    [Fact]
    public async Task An_agent_that_hangs_is_seen_to_be_away_and_ends_its_task_once_when_it_goes_on()
    {
        var web2 = _fleet.Agents[1];
        var gate = Path.Combine(_fleet.Directory, "gate");
        var job = await DetachAsync("web2", "-c", $"echo one; while [ ! -e {gate} ]; do sleep 0.1; done; echo two");
        await UntilShownAsync(job, "\"host\":\"web2\"", "\"data\":\"one");
        web2.Signal(19);
        await _fleet.WaitOnlineAsync(1, TimeSpan.FromSeconds(20));
        var shown = await _fleet.Admin.RunAsync("agents", "show", "web2");
        shown.Stdout.ShouldContain("silent", customMessage: shown.ToString());
        // It ends while nobody at the agent can take notice.
        await File.WriteAllTextAsync(gate, "");
        web2.Signal(18);
        await _fleet.WaitOnlineAsync(2, TimeSpan.FromSeconds(60));

        var truth = await JobTruth.OfAsync(_fleet.Admin, job);
        truth.State("web2").ShouldBe("succeeded");
        truth.Output["web2"].ShouldBe("one\ntwo\n");
    }

    [Fact]
    public async Task A_controller_that_is_asked_to_stop_leaves_running_tasks_alone()
    {
        var job = await DetachAsync("--all", "-c", "sleep 3; echo over");
        (await _fleet.Controller.StopAsync()).ShouldBe(0);
        await _fleet.Controller.StartAsync();
        var truth = await JobTruth.OfAsync(_fleet.Admin, job);
        truth.Ends.Keys.ShouldAllBe(host => truth.State(host) == "succeeded");
        truth.Output.Values.ShouldAllBe(text => text == "over\n");
    }

    private async Task<string> DetachAsync(params string[] arguments)
    {
        var result = await _fleet.Admin.RunAsync(["exec", "--yes", "--detach", .. arguments]);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result.Stdout.Trim();
    }

    /// <summary>Waits until a line of the job's log holds all of the texts.</summary>
    private Task UntilShownAsync(string job, params string[] texts) => Patience.UntilAsync(
        $"the log of {job} holds {string.Join(" and ", texts)}",
        async () => (await _fleet.Admin.RunAsync("jobs", "show", job, "--json", "--stream")).Stdout
            .Split('\n').Any(line => texts.All(text => line.Contains(text, StringComparison.Ordinal))));

    private static async Task<int> CountAsync(string pattern) =>
        int.Parse((await OneShot.RunAsync("pgrep", ["-cf", pattern])).Stdout.Trim(), System.Globalization.CultureInfo.InvariantCulture);
}
