using System.Globalization;
using Fleet.Harness;
using Fleet.Hosts;
using Xunit.Abstractions;

namespace Fleet.EndToEnd.Hosts;

/// <summary>Rollouts whose controller dies, whose network is cut, and that are called off at the worst moment.</summary>
[Collection(UpgradeTests.Name)]
public sealed class Upgrades_through_faults : IAsyncLifetime, IDisposable
{
    private const string Newer = "0.1.9";
    private readonly HostFleet _fixture;
    private readonly ITestOutputHelper _output;
    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-upgrade-").FullName;

    public Upgrades_through_faults(HostFleet fixture, ITestOutputHelper output)
    {
        _fixture = fixture;
        _output = output;
    }

    private FleetOnThisMachine Fleet => _fixture.Fleet;

    private UpgradeSeat Seat => new(Fleet.Admin);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Whatever became of the test: the next one finds the version that was built.</summary>
    public async Task DisposeAsync()
    {
        if (_fixture.Hosts is null || await Seat.CountAsync(_fixture.Versions.Built) == HostFleet.WithAgents.Count)
            return;
        await Fleet.WaitOnlineAsync(HostFleet.WithAgents.Count);
        await Seat.UpgradeAsync("--all", "--yes", "--version", _fixture.Versions.Built, "--batch", "100%");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [HostFact]
    public async Task A_rollout_goes_on_through_a_controller_that_is_killed_and_one_that_is_stopped()
    {
        await _fixture.Versions.PutAsync(Newer);
        var since = await NowAsync(_fixture.Hosts["web1"]);
        var upgrading = Seat.UpgradeAsync("--all", "--yes", "--version", Newer, "--batch", "1", "--json");

        // One host is done, the next one is under way.
        await Patience.UntilAsync("one host is upgraded", async () => await Seat.CountAsync(Newer) >= 1);
        await Fleet.Controller.KillAsync();
        await Fleet.Controller.StartAsync();
        await Patience.UntilAsync("two hosts are upgraded", async () => await Seat.CountAsync(Newer) >= 2, TimeSpan.FromSeconds(60), () => Fleet.Controller.Output);
        await Fleet.Controller.StopAsync();
        await Fleet.Controller.StartAsync();

        var upgrade = await upgrading;
        upgrade.ExitCode.ShouldBe(0, upgrade.ToString());
        var results = UpgradeSeat.Results(upgrade.Stdout);
        foreach (var name in HostFleet.WithAgents)
        {
            results[name].State.ShouldBe("succeeded", upgrade.ToString());
            (await Seat.VersionAsync(name)).ShouldBe(Newer);
            // Once: nobody was told twice.
            var journal = await _fixture.Hosts[name].JournalAsync("--unit=fleet-agent", $"--since=@{since}");
            journal.Split('\n').Count(line => line.Contains("Upgraded from ", StringComparison.Ordinal)).ShouldBe(1, journal);
        }
    }

    [HostFact]
    public async Task A_host_on_trial_while_the_controller_is_away_too_long_goes_back_and_the_rollout_stops_when_it_hears_of_it()
    {
        await _fixture.Versions.PutAsync(Newer);
        var host = _fixture.Hosts["web1"];
        var before = await Seat.VersionAsync("web1");

        // A drain that does not end by itself holds the host at the point where the trial begins.
        var running = await JobOnHost.StartAsync(Fleet.Admin, "web1", "-c", "until [ -e /root/go ]; do sleep 0.1; done; rm /root/go");
        var job = await Seat.StartAsync("web1,web2", "--version", Newer, "--batch", "1", "--max-failures", "0", "--health-timeout", "5s");
        await Patience.UntilAsync("web1 waits for its other task", async () =>
            (await Fleet.Admin.RunAsync("jobs", "show", job, "--json", "--stream")).Stdout.Contains("waiting for 1 other task", StringComparison.Ordinal));
        await Fleet.Controller.KillAsync();
        try
        {
            await host.ShellAsync("touch /root/go");
            await Patience.UntilAsync(
                "web1 has gone back",
                async () => (await host.JournalAsync("--unit=fleet-agent", "--boot")).Contains("no connection to the controller within 5s", StringComparison.Ordinal),
                TimeSpan.FromSeconds(60));
        }
        finally
        {
            await Fleet.Controller.StartAsync();
        }


        var truth = await JobTruth.OfAsync(Fleet.Admin, job, TimeSpan.FromSeconds(90));
        (truth.State("web1"), truth.Reason("web1")).ShouldBe(("failed", $"rolled back from {Newer} to {before}: no connection to the controller within 5s"));
        truth.State("web2").ShouldBe("skipped");
        (await Seat.VersionAsync("web1")).ShouldBe(before);
        (await JobOnHost.EndAsync(Fleet.Admin, running)).GetProperty("state").GetString().ShouldBe("succeeded");
    }

    [HostFact]
    public async Task A_transfer_that_is_cut_goes_on_where_it_was()
    {
        await _fixture.Versions.PutAsync(Newer);
        var host = _fixture.Hosts["web2"];
        await host.SlowNetworkAsync(4_000_000);
        string job;
        long there;
        try
        {
            job = await Seat.StartAsync("web2", "--version", Newer, "--wait-offline", "2m");
            await Patience.UntilAsync("a part has come", async () => await PartBytesAsync(host) > 500_000);
            await host.CutNetworkAsync();
            await Patience.UntilAsync("the cut is noticed", async () => !await JobOnHost.IsOnlineAsync(Fleet.Admin, "web2"));
            there = await PartBytesAsync(host);
        }
        finally
        {
            await host.SlowNetworkAsync(null);
            await host.RestoreNetworkAsync();
        }

        there.ShouldBeGreaterThan(500_000);
        var truth = await JobTruth.OfAsync(Fleet.Admin, job, TimeSpan.FromSeconds(120));
        truth.State("web2").ShouldBe("succeeded", truth.Reason("web2"));
        truth.Output["web2"].ShouldContain("; resumed 1 time after a disconnect");
        (await Seat.VersionAsync("web2")).ShouldBe(Newer);
        _output.WriteLine($"{there} bytes had come before the cut\n{truth.Output["web2"]}");
        // Nothing is left of the transfer.
        (await PartBytesAsync(host)).ShouldBe(0);
    }

    [HostFact]
    public async Task An_artifact_of_another_digest_is_refused_and_nothing_is_changed()
    {
        var before = await Seat.VersionAsync("db1");
        var file = await AgentVersions.WriteBrokenAsync(_directory, "7.3.0", "exit 1");
        var refused = await Seat.UpgradeAsync("db1", "--file", file, "--version", "7.3.0", "--sha256", new string('0', 64));
        refused.ExitCode.ShouldBe(2, refused.ToString());
        refused.Stderr.ShouldContain("SHA-256", customMessage: refused.ToString());
        (await Seat.VersionAsync("db1")).ShouldBe(before);

        // One that runs, and is not what it is said to be.
        var other = await Seat.UpgradeAsync("db1", "--file", file, "--version", "7.3.1", "--json");
        UpgradeSeat.Results(other.Stdout)["db1"].ShouldBe(("failed", "the artifact is to be version 7.3.1 and says \"fleet-agent 7.3.0\""));
        (await Seat.VersionAsync("db1")).ShouldBe(before);
        (await _fixture.Hosts["db1"].ShellAsync("ls /var/lib/fleet-agent/versions")).ShouldNotContain("7.3.1");
    }

    [HostFact]
    public async Task An_upgrade_that_is_cancelled_in_its_last_moment_leaves_the_host_at_work()
    {
        await _fixture.Versions.PutAsync(Newer);
        var host = _fixture.Hosts["web2"];
        var before = await Seat.VersionAsync("web2");

        // The last that is asked before the switch hangs for a while.
        await host.ShellAsync(
            "mv /usr/bin/systemctl /usr/bin/systemctl.real && printf '#!/bin/sh\nif [ \"$1\" = reset-failed ]; then touch /run/last-moment; sleep 15; fi\nexec /usr/bin/systemctl.real \"$@\"\n' >/usr/bin/systemctl && chmod 755 /usr/bin/systemctl");
        try
        {
            var job = await Seat.StartAsync("web2", "--version", Newer);
            await Patience.UntilAsync("the last moment has come", async () => (await host.ExecAsync("test", "-e", "/run/last-moment")).ExitCode == 0);
            (await Fleet.Admin.RunAsync("jobs", "cancel", job)).ExitCode.ShouldBe(0);
            var truth = await JobTruth.OfAsync(Fleet.Admin, job);
            truth.State("web2").ShouldBe("cancelled");
        }
        finally
        {
            await host.ShellAsync("mv /usr/bin/systemctl.real /usr/bin/systemctl; rm -f /run/last-moment");
        }

        var next = await Fleet.Admin.RunAsync("exec", "web2", "--timeout", "20s", "--", "hostname");
        next.Stdout.ShouldBe("--- web2 succeeded\nweb2\n", next.ToString());
        (await Seat.VersionAsync("web2")).ShouldBe(before);
    }

    [HostFact]
    public async Task A_version_that_ends_now_and_then_has_no_more_time_than_one_that_hangs()
    {
        var before = await Seat.VersionAsync("db1");
        var broken = await AgentVersions.WriteBrokenAsync(_directory, "7.4.0", "sleep 6; exit 1");
        var upgrade = await Seat.UpgradeAsync("db1", "--file", broken, "--version", "7.4.0", "--health-timeout", "10s", "--json");

        UpgradeSeat.Results(upgrade.Stdout)["db1"].State.ShouldBe("failed", upgrade.ToString());
        UpgradeSeat.Results(upgrade.Stdout)["db1"].Reason.ShouldStartWith($"rolled back from 7.4.0 to {before}: no connection to the controller within 10s");
        var away = await UpgradeSeat.AwayAsync(_fixture.Hosts["db1"]);
        _output.WriteLine($"db1 was without an agent for {away.TotalSeconds:0.0} s, 10 s of them given to the new version");
        away.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static async Task<long> PartBytesAsync(TestHost host) =>
        long.Parse(await host.ShellAsync("cat /var/lib/fleet-agent/versions/*.part 2>/dev/null | wc -c"), CultureInfo.InvariantCulture);

    private static async Task<string> NowAsync(TestHost host) => (await host.ShellAsync("date +%s.%6N")).Trim();
}
