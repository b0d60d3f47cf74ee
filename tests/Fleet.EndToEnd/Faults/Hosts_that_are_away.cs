using Fleet.Harness;

namespace Fleet.EndToEnd.Faults;

/// <summary>Agents without a link, back in time or too late, and links that break again and again.</summary>
public sealed class Hosts_that_are_away : IAsyncLifetime
{
    private FleetOnThisMachine _fleet = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _fleet = await FleetOnThisMachine.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task A_host_that_is_back_in_time_runs_its_task_once_and_one_that_is_late_never()
    {
        await _fleet.AddAgentsAsync(["early", "late"]);
        foreach (var agent in _fleet.Agents)
            await agent.StopAsync();
        await _fleet.WaitOnlineAsync(0);
        var runs = Path.Combine(_fleet.Directory, "runs-");
        await using var exec = _fleet.Admin.Start("exec", "early", "--wait-offline", "60s", "-c", $"echo run >> {runs}early; echo here");
        var late = await _fleet.Admin.RunAsync("exec", "late", "--wait-offline", "1s", "-c", $"echo run >> {runs}late");
        late.ExitCode.ShouldBe(3, late.ToString());
        late.Stdout.ShouldContain("--- late never answered");

        foreach (var agent in _fleet.Agents)
            agent.Start();
        (await exec.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(0, exec.Output);
        await _fleet.WaitOnlineAsync(2);
        (await _fleet.Admin.RunAsync("ping", "late")).ExitCode.ShouldBe(0);
        (await File.ReadAllLinesAsync(runs + "early")).Length.ShouldBe(1);
        File.Exists(runs + "late").ShouldBeFalse();

        foreach (var job in (await _fleet.Admin.RunAsync("jobs", "list", "--json")).Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            await JobTruth.OfAsync(_fleet.Admin, System.Text.Json.JsonDocument.Parse(job).RootElement.GetProperty("job").GetString()!);
    }

    [Fact]
    public async Task A_host_without_a_link_expires_at_once_where_nobody_waits_for_it()
    {
        await _fleet.AddAgentsAsync(["web1"]);
        await _fleet.Agents[0].StopAsync();
        await _fleet.WaitOnlineAsync(0);
        var result = await _fleet.Admin.RunAsync("exec", "web1", "--wait-offline", "0s", "--", "true");
        result.ExitCode.ShouldBe(3, result.ToString());
        (await JobTruth.OfAsync(_fleet.Admin, "last")).State("web1").ShouldBe("expired");
    }

    [Fact]
    public async Task Output_comes_whole_and_once_over_a_wire_that_is_cut_again_and_again()
    {
        await using var wire = FaultyWire.To(_fleet.Controller.Port);
        var agent = _fleet.NewAgent("web1");
        await agent.EnrollAsync(wire.Address, await _fleet.CreateTokenAsync());
        agent.Start();
        await _fleet.WaitOnlineAsync(1);

        await using var exec = _fleet.Admin.Start("exec", "web1", "--json", "-c", "for i in $(seq 1000); do echo line $i; [ $((i % 10)) = 0 ] && sleep 0.05; done; true");
        for (var cuts = 1; cuts <= 4; cuts++)
        {
            await Patience.UntilAsync("the link stands", () => wire.Open > 0, TimeSpan.FromSeconds(60));
            await Task.Delay(TimeSpan.FromMilliseconds(300));
            wire.Cut();
        }

        (await exec.WaitAsync(TimeSpan.FromSeconds(90))).ShouldBe(0, exec.Output);
        wire.Cuts.ShouldBeGreaterThanOrEqualTo(4);
        var truth = await JobTruth.OfAsync(_fleet.Admin, "last");
        truth.State("web1").ShouldBe("succeeded");
        truth.Output["web1"].ShouldBe(string.Concat(Enumerable.Range(1, 1000).Select(i => $"line {i}\n")));
    }
}
