using Fleet.Harness;

namespace Fleet.EndToEnd.Faults;

/// <summary>SIGHUP, as `systemctl reload` sends it, to processes that have work to do.</summary>
public sealed class Settings_that_are_read_again : IAsyncLifetime
{
    private const int HangUp = 1;
    private readonly string _files = Directory.CreateTempSubdirectory("fleet-settings-").FullName;
    private FleetOnThisMachine _fleet = null!;

    private string AgentFile => Path.Combine(_files, "agent.json");

    private string ControllerFile => Path.Combine(_files, "controller.json");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(AgentFile, """{ "maxTasks": 1 }""");
        await File.WriteAllTextAsync(ControllerFile, "{}");
        _fleet = await FleetOnThisMachine.StartAsync("--config", ControllerFile);
        await _fleet.AddAgentsAsync(["web1"], "--config", AgentFile);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await _fleet.DisposeAsync();
        Directory.Delete(_files, recursive: true);
    }

    [Fact]
    public async Task An_agent_takes_a_new_limit_over_and_refuses_a_bad_file_while_its_task_runs_on()
    {
        var agent = _fleet.Agents[0];
        var gate = Path.Combine(_files, "gate");
        var slow = await DetachAsync("-c", $"until [ -e {gate} ]; do sleep 0.05; done; echo through");
        // It has one place, which is taken.
        var next = await DetachAsync("--", "echo", "next");

        await ReloadAgentAsync("{\n\"maxTasks\": 2,\n\"maxQueuedTasks\": -1\n}", "cannot be reloaded");
        agent.Output.ShouldContain($"{AgentFile}, line 3: maxQueuedTasks cannot be \"-1\": give a whole number from 0 to 2048");

        await ReloadAgentAsync("""{ "maxTasks": 2, "log.format": "json" }""", "1 changes were applied, 1 need a restart");
        agent.Output.ShouldContain("Setting maxTasks was 1 and is now 2");
        agent.Output.ShouldContain("Setting log.format stays its default until fleet-agent is restarted");
        (await _fleet.Admin.RunAsync("jobs", "watch", next)).Stdout.ShouldContain("next");

        await File.WriteAllTextAsync(gate, "");
        (await _fleet.Admin.RunAsync("jobs", "watch", slow)).Stdout.ShouldContain("through");
        agent.IsRunning.ShouldBeTrue();
    }

    [Fact]
    public async Task A_controller_takes_a_new_limit_over_and_refuses_a_bad_file_and_no_link_breaks()
    {
        var open = await DetachAsync("-c", "sleep 1000");
        await ReloadControllerAsync("""{ "dispatch": { "maxOpenJobs": 1 }, "agents": { "heartbeatTimeout": "5s" } }""", "1 changes were applied, 1 need a restart");
        _fleet.Controller.Output.ShouldContain("Setting dispatch.maxOpenJobs was its default and is now 1");
        _fleet.Controller.Output.ShouldContain("Setting agents.heartbeatTimeout stays its default until fleet-controller is restarted");
        (await _fleet.Admin.RunAsync("exec", "web1", "--", "true")).ExitCode.ShouldNotBe(0);

        await ReloadControllerAsync("{\n\"dispatch\": {\n\"maxOpenJobs\": 0\n}\n}", "cannot be reloaded");
        _fleet.Controller.Output.ShouldContain($"{ControllerFile}, line 3: dispatch.maxOpenJobs cannot be \"0\": give a whole number from 1 to 100000");

        await ReloadControllerAsync("{}", "1 changes were applied, 0 need a restart");
        var ran = await _fleet.Admin.RunAsync("jobs", "cancel", open);
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran = await _fleet.Admin.RunAsync("exec", "web1", "--", "echo", "works");
        ran.Stdout.ShouldContain("works", customMessage: ran.ToString());
        _fleet.Controller.Output.ShouldNotContain("disconnected");
    }

    private async Task ReloadAgentAsync(string text, string awaited)
    {
        await File.WriteAllTextAsync(AgentFile, text);
        _fleet.Agents[0].Signal(HangUp);
        await Patience.UntilAsync(
            "the agent has read its settings", () => _fleet.Agents[0].Output.Contains(awaited, StringComparison.Ordinal), evidence: () => _fleet.Agents[0].Output);
    }

    private async Task ReloadControllerAsync(string text, string awaited)
    {
        await File.WriteAllTextAsync(ControllerFile, text);
        _fleet.Controller.Signal(HangUp);
        await Patience.UntilAsync(
            "the controller has read its settings", () => _fleet.Controller.Output.Contains(awaited, StringComparison.Ordinal), evidence: () => _fleet.Controller.Output);
    }

    private async Task<string> DetachAsync(params string[] what)
    {
        var result = await _fleet.Admin.RunAsync(["exec", "web1", "--detach", .. what]);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result.Stdout.Trim();
    }
}
