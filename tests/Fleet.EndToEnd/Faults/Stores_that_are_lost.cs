using Fleet.EndToEnd.Hosts;
using Fleet.Harness;

namespace Fleet.EndToEnd.Faults;

/// <summary>A controller without its store, or with another one; and the way back with a backup.</summary>
public sealed class Stores_that_are_lost : IAsyncLifetime
{
    private FleetOnThisMachine _fleet = null!;

    private string Data => _fleet.Controller.DataDirectory;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _fleet = await FleetOnThisMachine.StartAsync("--set", "agents.heartbeatTimeout=3s");
        await _fleet.AddAgentsAsync(["web1", "web2"]);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task A_controller_whose_store_is_gone_says_so_and_everybody_is_unknown_to_an_empty_one_and_keeps_the_identity()
    {
        await _fleet.Controller.StopAsync();
        var kept = Directory.CreateDirectory(Path.Combine(_fleet.Directory, "kept")).FullName;
        foreach (var file in Directory.GetFiles(Data, "fleet.db*"))
            File.Move(file, Path.Combine(kept, Path.GetFileName(file)));

        var refused = await _fleet.Controller.RunToEndAsync();
        refused.ExitCode.ShouldBe(2);
        refused.Stderr.ShouldContain("fleet.db is missing, although the trust roots beside it belong to a fleet that has one: restore a backup");

        await using (var empty = new ControllerHost(Data, "--new-store") { Port = _fleet.Controller.Port })
        {
            await empty.StartAsync();
            var list = await _fleet.Admin.RunAsync("agents", "list");
            list.ExitCode.ShouldBe(4);
            list.Stderr.ShouldContain("is unknown to this controller");
            list.Stderr.ShouldContain("if the controller's store is being restored, wait");
            await Patience.UntilAsync(
                "both agents know that they are unknown, and keep their identity",
                () => Task.FromResult(_fleet.Agents.All(agent => agent.Output.Contains("does not accept this agent at present", StringComparison.Ordinal))),
                TimeSpan.FromSeconds(60),
                () => _fleet.Agents[0].Output);
            _fleet.Agents.ShouldAllBe(agent => !agent.Output.Contains("enroll --force", StringComparison.Ordinal));
            await empty.StopAsync();
        }

        // The right store again: agents would come within 60 to 90 s by themselves; a new process does not wait.
        foreach (var file in Directory.GetFiles(Data, "fleet.db*"))
            File.Delete(file);
        foreach (var file in Directory.GetFiles(kept))
            File.Move(file, Path.Combine(Data, Path.GetFileName(file)));
        await _fleet.Controller.StartAsync();
        foreach (var agent in _fleet.Agents)
        {
            await agent.StopAsync();
            agent.Start();
        }

        await _fleet.WaitOnlineAsync(2);
    }

    [Fact]
    public async Task A_backup_made_while_jobs_run_is_restored_by_the_documented_commands_and_the_agents_are_there_again()
    {
        var commands = InstallDocument.Commands("Backup and restore");
        var before = await _fleet.Admin.RunAsync("exec", "--all", "-c", "echo before");
        before.ExitCode.ShouldBe(0, before.ToString());
        var job = (await _fleet.Admin.RunAsync("exec", "--all", "-d", "--timeout", "60s", "-c", "for i in $(seq 40); do echo line $i; sleep 0.2; done")).Stdout.Trim();
        await Patience.UntilAsync("the job runs", async () => (await _fleet.Admin.RunAsync("jobs", "show", job)).Stdout.Contains("2 running", StringComparison.Ordinal));

        var backup = await RunAsync(commands[0]);
        backup.ExitCode.ShouldBe(0, backup.ToString());
        backup.Stdout.ShouldContain("2 agents, 1 operators, 2 jobs");

        // The host is lost; another one has its address.
        await _fleet.Controller.KillAsync();
        var restored = await RunAsync(commands[1]);
        restored.ExitCode.ShouldBe(0, restored.ToString());
        await using var elsewhere = new ControllerHost(Path.Combine(_fleet.Directory, "restored"), "--set", "agents.heartbeatTimeout=3s") { Port = _fleet.Controller.Port };
        await elsewhere.StartAsync();

        await _fleet.WaitOnlineAsync(2);
        var truth = await JobTruth.OfAsync(_fleet.Admin, job);
        foreach (var host in (string[])["web1", "web2"])
        {
            truth.State(host).ShouldBe("succeeded");
            truth.Output[host].ShouldBe(string.Concat(Enumerable.Range(1, 40).Select(i => $"line {i}\n")));
        }

        (await _fleet.Admin.RunAsync("exec", "--all", "-c", "echo after")).ExitCode.ShouldBe(0);
        await elsewhere.StopAsync();
    }

    [Fact]
    public async Task A_controller_that_is_killed_at_any_moment_finds_its_store_good()
    {
        for (var round = 0; round < 4; round++)
        {
            // Who joins moves the revision; the record beside the roots follows, or is just about to.
            var joining = Enumerable.Range(0, 3).Select(_ => _fleet.Admin.RunAsync("token", "create")).ToList();
            await Task.Delay(Random.Shared.Next(0, 1500));
            await _fleet.Controller.KillAsync();
            await Task.WhenAll(joining);
            await _fleet.Controller.StartAsync();
        }

        await _fleet.WaitOnlineAsync(2);
    }

    // As they stand in the document, but for the user and the places.
    private Task<CommandResult> RunAsync(string command)
    {
        const string AsTheService = "runuser -u fleet-controller -- fleet-controller ";
        command.ShouldStartWith(AsTheService);
        var words = command[AsTheService.Length..]
            .Replace("/var/backups/fleet", _fleet.Directory, StringComparison.Ordinal)
            .Replace("/var/lib/fleet-controller", Path.Combine(_fleet.Directory, "restored"), StringComparison.Ordinal)
            .Split(' ');
        string[] options = words[0] == "backup" ? ["--data", Data] : [];
        return OneShot.RunAsync(Binaries.Controller, [.. words, .. options]);
    }
}
