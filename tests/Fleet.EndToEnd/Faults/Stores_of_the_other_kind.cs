using Fleet.EndToEnd.Hosts;
using Fleet.Harness;

namespace Fleet.EndToEnd.Faults;

/// <summary>A fleet whose store is kept in LiteDB; and stores that become one of the other kind, and back.</summary>
public sealed class Stores_of_the_other_kind : IAsyncLifetime
{
    private static readonly string[] s_hosts = ["web1", "web2"];
    private FleetOnThisMachine _fleet = null!;

    private string Data => _fleet.Controller.DataDirectory;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _fleet = await FleetOnThisMachine.StartAsync("--set", "agents.heartbeatTimeout=3s", "--set", "store=litedb");
        await _fleet.AddAgentsAsync(s_hosts);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task A_controller_on_litedb_that_is_killed_in_the_midst_of_a_job_has_all_of_it_in_the_end()
    {
        var before = await DetachAsync("echo before");
        await ShouldBeTrueAsync(before, "before\n");
        var go = Path.Combine(_fleet.Directory, "go");
        var job = await DetachAsync($"echo one; until [ -e {go} ]; do sleep 0.1; done; echo two");
        await Patience.UntilAsync("the job runs", async () => (await _fleet.Admin.RunAsync("jobs", "show", job)).Stdout.Contains("2 running", StringComparison.Ordinal));

        await _fleet.Controller.KillAsync();
        File.Exists(Path.Combine(Data, "fleet.litedb")).ShouldBeTrue();
        File.Exists(Path.Combine(Data, "fleet.db")).ShouldBeFalse();
        await _fleet.Controller.StartAsync();
        await _fleet.WaitOnlineAsync(2);

        await ShouldBeTrueAsync(before, "before\n");
        await File.WriteAllTextAsync(go, "");
        await ShouldBeTrueAsync(job, "one\ntwo\n");
        (await _fleet.Admin.RunAsync("exec", "--all", "-c", "echo after")).ExitCode.ShouldBe(0);
        (await _fleet.Controller.StopAsync()).ShouldBe(0, _fleet.Controller.Output);
    }

    [Fact]
    public async Task A_store_that_is_copied_to_the_other_kind_and_back_is_the_same_fleet_with_all_its_jobs()
    {
        var first = await DetachAsync("echo first");
        await ShouldBeTrueAsync(first, "first\n");
        var (litedb, sqlite) = (Path.Combine(Data, "fleet.litedb"), Path.Combine(Data, "fleet.db"));

        var refused = await CopyAsync($"litedb:{litedb}", $"sqlite:{sqlite}");
        refused.ExitCode.ShouldBe(1);
        refused.Stderr.ShouldContain("is in use by another controller");
        File.Exists(sqlite).ShouldBeFalse();

        // To SQLite.
        await _fleet.Controller.StopAsync();
        var copied = await CopyAsync($"litedb:{litedb}", $"sqlite:{sqlite}");
        copied.ExitCode.ShouldBe(0, copied.ToString());
        copied.Stdout.ShouldContain("read again and the same");
        string second;
        await using (var controller = new ControllerHost(Data, "--set", "agents.heartbeatTimeout=3s") { Port = _fleet.Controller.Port })
        {
            await controller.StartAsync();
            await _fleet.WaitOnlineAsync(2);
            await ShouldBeTrueAsync(first, "first\n");
            second = await DetachAsync("echo second");
            await ShouldBeTrueAsync(second, "second\n");
            (await controller.StopAsync()).ShouldBe(0, controller.Output);
        }

        // And back, to a file that is not there.
        var there = await CopyAsync($"sqlite:{sqlite}", $"litedb:{litedb}");
        there.ExitCode.ShouldBe(1);
        there.Stderr.ShouldContain("exists: a copy replaces nothing");
        File.Delete(litedb);
        (await DocumentedAsync()).ExitCode.ShouldBe(0);
        await _fleet.Controller.StartAsync();
        await _fleet.WaitOnlineAsync(2);
        await ShouldBeTrueAsync(first, "first\n");
        await ShouldBeTrueAsync(second, "second\n");
    }

    private static Task<CommandResult> CopyAsync(string from, string to) => ControllerHost.CommandAsync("store", "copy", "--from", from, "--to", to);

    // As it stands in the document, but for the user and the place.
    private Task<CommandResult> DocumentedAsync()
    {
        const string AsTheService = "runuser -u fleet-controller -- fleet-controller ";
        var command = InstallDocument.Commands("Another kind of store").Single(line => line.StartsWith(AsTheService, StringComparison.Ordinal));
        return ControllerHost.CommandAsync(command[AsTheService.Length..].Replace("/var/lib/fleet-controller", Data, StringComparison.Ordinal).Split(' '));
    }

    private async Task<string> DetachAsync(string script)
    {
        var started = await _fleet.Admin.RunAsync("exec", "--all", "-d", "--timeout", "5m", "-c", script);
        started.ExitCode.ShouldBe(0, started.ToString());
        return started.Stdout.Trim();
    }

    private async Task ShouldBeTrueAsync(string job, string output)
    {
        var truth = await JobTruth.OfAsync(_fleet.Admin, job);
        foreach (var host in s_hosts)
        {
            truth.State(host).ShouldBe("succeeded");
            truth.Output[host].ShouldBe(output);
        }
    }
}
