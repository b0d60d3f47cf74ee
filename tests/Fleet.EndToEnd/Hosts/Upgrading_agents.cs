using Fleet.Harness;
using Fleet.Hosts;
using Xunit.Abstractions;

namespace Fleet.EndToEnd.Hosts;

[Collection(UpgradeTests.Name)]
public sealed class Upgrading_agents : IDisposable
{
    // 0.1.0 becomes 0.1.9: of the same length, since it is written over in the program.
    private const string Newer = "0.1.9";
    private readonly FleetOnThisMachine _fleet;
    private readonly HostPool _hosts;
    private readonly AgentVersions _versions;
    private readonly UpgradeSeat _seat;
    private readonly ITestOutputHelper _output;
    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-upgrade-").FullName;

    public Upgrading_agents(HostFleet fixture, ITestOutputHelper output)
    {
        _fleet = fixture.Fleet;
        _hosts = fixture.Hosts;
        _versions = fixture.Versions;
        _seat = new UpgradeSeat(fixture.Fleet.Admin);
        _output = output;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [HostFact]
    public async Task All_agents_become_a_newer_version_batch_by_batch_and_an_older_one_again()
    {
        await _versions.PutAsync(Newer);

        // 1. Newer; a task that runs is waited for, and one that comes meanwhile runs once, before or after.
        var running = await JobOnHost.StartAsync(_fleet.Admin, "web2", "-c", "until [ -e /root/go ]; do sleep 0.1; done; rm /root/go; echo whole");
        var upgrading = _seat.UpgradeAsync("--all", "--yes", "--version", Newer, "--batch", "2");
        await Patience.UntilAsync("the new version is on web2", async () => (await _hosts["web2"].ExecAsync("/bin/sh", "-c", "ls /var/lib/fleet-agent/versions/*/fleet-agent")).ExitCode == 0);
        var meanwhile = await JobOnHost.StartAsync(_fleet.Admin, "web2", "--wait-offline", "60s", "-c", "echo once >>/root/meanwhile");
        await _hosts["web2"].ShellAsync("touch /root/go");
        var upgrade = await upgrading;
        upgrade.ExitCode.ShouldBe(0, upgrade.ToString());
        foreach (var job in new[] { running, meanwhile })
            (await JobOnHost.EndAsync(_fleet.Admin, job)).GetProperty("state").GetString().ShouldBe("succeeded");
        (await _hosts["web2"].ShellAsync("cat /root/meanwhile; rm /root/meanwhile")).ShouldBe("once\n");
        foreach (var name in HostFleet.WithAgents)
        {
            (await _seat.VersionAsync(name)).ShouldBe(Newer);
            var away = await UpgradeSeat.AwayAsync(_hosts[name]);
            _output.WriteLine($"{name} was without an agent for {away.TotalSeconds:0.0} s");
            away.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        }

        // 2. The new version is in use after a reboot, limits and all, and the guard is gone.
        await _hosts["db1"].RebootAsync();
        await _seat.UntilOnlineAsync("db1");
        (await _seat.VersionAsync("db1")).ShouldBe(Newer);
        var limited = await _fleet.Admin.RunAsync("exec", "web1,web2,db1", "--memory-max", "64MiB", "-c", "! pgrep -f '[t]rial-guard'");
        limited.ExitCode.ShouldBe(0, limited.ToString());

        // 3. Twice is harmless.
        var again = await _seat.UpgradeAsync("web1", "--version", Newer);
        again.Stdout.ShouldContain("nothing was changed", customMessage: again.ToString());

        // 4. What is installed anew wins over what was upgraded to.
        await _hosts["db1"].ShellAsync("touch /usr/bin/fleet-agent && systemctl restart fleet-agent");
        (await _seat.VersionAsync("db1")).ShouldBe(_versions.Built);

        // 5. Older.
        var downgrade = await _seat.UpgradeAsync("--all", "--yes", "--version", _versions.Built, "--batch", "100%");
        downgrade.ExitCode.ShouldBe(0, downgrade.ToString());
        foreach (var name in HostFleet.WithAgents)
            (await _seat.VersionAsync(name)).ShouldBe(_versions.Built);
    }

    [HostFact]
    public async Task A_version_that_makes_no_link_is_rolled_back_and_the_rollout_stops()
    {
        var before = await _seat.VersionAsync("web1");
        var broken = await AgentVersions.WriteBrokenAsync(_directory, "7.0.1", "trap '' TERM; while :; do sleep 1; done");
        var upgrade = await _seat.UpgradeAsync(
            "web1,web2", "--file", broken, "--version", "7.0.1", "--batch", "1", "--max-failures", "0", "--json");

        upgrade.ExitCode.ShouldBe(1, upgrade.ToString());
        var results = UpgradeSeat.Results(upgrade.Stdout);
        results["web1"].ShouldBe(("failed", $"rolled back from 7.0.1 to {before}: no connection to the controller within 20s"));
        results["web2"].State.ShouldBe("skipped");
        (await _seat.VersionAsync("web1")).ShouldBe(before);
        var away = await UpgradeSeat.AwayAsync(_hosts["web1"]);
        _output.WriteLine($"web1 was without an agent for {away.TotalSeconds:0.0} s, 20 s of them given to the new version");
        away.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [HostFact]
    public async Task A_version_that_ends_at_once_is_rolled_back_whatever_it_ends_with()
    {
        // With 2, which says of an agent that its settings are wrong, and once with 0, which says that all is well.
        var before = await _seat.VersionAsync("db1");
        var broken = await AgentVersions.WriteBrokenAsync(_directory, "7.1.0", "[ -e /run/once ] && exit 2; touch /run/once; exit 0");
        var upgrade = await _seat.UpgradeAsync("db1", "--file", broken, "--version", "7.1.0", "--json");

        UpgradeSeat.Results(upgrade.Stdout)["db1"].ShouldBe(("failed", $"rolled back from 7.1.0 to {before}: it ended 3 times before it connected"));
        var away = await UpgradeSeat.AwayAsync(_hosts["db1"]);
        _output.WriteLine($"db1 was without an agent for {away.TotalSeconds:0.0} s");
        away.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [HostFact]
    public async Task A_power_cut_while_a_version_is_on_trial_changes_nothing_about_its_end()
    {
        var host = _hosts["web2"];
        var before = await _seat.VersionAsync("web2");
        var broken = await AgentVersions.WriteBrokenAsync(_directory, "7.2.0", "touch /run/on-trial; while :; do sleep 1; done");
        var upgrading = _seat.UpgradeAsync("web2", "--file", broken, "--version", "7.2.0", "--health-timeout", "6s", "--json");
        await Patience.UntilAsync("the new version is on trial", async () => (await host.ExecAsync("test", "-e", "/run/on-trial")).ExitCode == 0);
        await host.KillAsync();
        await host.StartAsync();

        UpgradeSeat.Results((await upgrading).Stdout)["web2"].ShouldBe(("failed", $"rolled back from 7.2.0 to {before}: no connection to the controller within 6s"));
        (await _seat.VersionAsync("web2")).ShouldBe(before);
    }
}
