using System.Diagnostics;
using System.Text.RegularExpressions;
using Fleet.Harness;
using Fleet.Hosts;
using Xunit.Abstractions;

namespace Fleet.EndToEnd.Hosts;

[Collection(HostTests.Name)]
public sealed class Agents_through_reboots_and_cuts
{
    private readonly FleetOnThisMachine _fleet;
    private readonly HostPool _hosts;
    private readonly ITestOutputHelper _output;

    public Agents_through_reboots_and_cuts(HostFleet fixture, ITestOutputHelper output)
    {
        _fleet = fixture.Fleet;
        _hosts = fixture.Hosts;
        _output = output;
    }

    [HostFact]
    public async Task A_command_runs_on_every_host_below_its_own_systemd()
    {
        var result = await _fleet.Admin.RunAsync("exec", "--all", "-c", "cat /proc/1/comm; hostname");
        result.ExitCode.ShouldBe(0, result.ToString());
        foreach (var name in HostFleet.WithAgents)
            result.Stdout.ShouldContain($"--- {name} succeeded\nsystemd\n{name}\n");
    }

    [HostFact]
    public async Task After_a_shutdown_the_running_task_is_interrupted_and_the_pending_one_delivered()
    {
        var host = _hosts["web2"];
        var running = await StartOnHostAsync(host, "echo begun; sleep 1000");
        // Off and on again: a reboot may be over before anybody sees the agent offline.
        await host.PowerOffAsync();
        await UntilOnlineAsync("web2", false);
        var pending = await JobOnHost.StartAsync(_fleet.Admin, "web2", "--wait-offline", "60s", "--", "hostname");
        await host.StartAsync();

        var interrupted = await JobOnHost.EndAsync(_fleet.Admin, running);
        interrupted.GetProperty("state").GetString().ShouldBe("interrupted", interrupted.ToString());
        var delivered = await JobOnHost.EndAsync(_fleet.Admin, pending);
        delivered.GetProperty("state").GetString().ShouldBe("succeeded", delivered.ToString());
        _output.WriteLine($"{host.Name} booted in {host.BootTime.TotalSeconds:0.00} s");
    }

    [HostFact]
    public async Task After_a_reboot_the_running_task_is_interrupted_and_the_host_takes_tasks_again()
    {
        var host = _hosts["web2"];
        var running = await StartOnHostAsync(host, "echo begun; sleep 1000");
        await host.RebootAsync();

        var interrupted = await JobOnHost.EndAsync(_fleet.Admin, running);
        interrupted.GetProperty("state").GetString().ShouldBe("interrupted", interrupted.ToString());
        await UntilOnlineAsync("web2", true);
        var next = await JobOnHost.EndAsync(_fleet.Admin, await JobOnHost.StartAsync(_fleet.Admin, "web2", "--wait-offline", "60s", "--", "hostname"));
        next.GetProperty("state").GetString().ShouldBe("succeeded", next.ToString());
    }

    [HostFact]
    public async Task After_a_power_cut_the_running_task_is_interrupted_and_never_started_again()
    {
        var host = _hosts["web1"];
        var running = await StartOnHostAsync(host, "echo once >>/root/starts; sync; sleep 1000");
        await host.KillAsync();
        await host.StartAsync();
        await UntilOnlineAsync("web1", true);

        var interrupted = await JobOnHost.EndAsync(_fleet.Admin, running);
        interrupted.GetProperty("state").GetString().ShouldBe("interrupted", interrupted.ToString());
        (await host.ShellAsync("cat /root/starts; rm /root/starts")).ShouldBe("once\n");
    }

    [HostFact]
    public async Task After_a_restart_of_the_controller_all_agents_are_back_within_seconds()
    {
        foreach (var (how, end) in new (string, Func<Task>)[] { ("killed", _fleet.Controller.KillAsync), ("stopped", _fleet.Controller.StopAsync) })
        {
            await end();
            var clock = Stopwatch.StartNew();
            await _fleet.Controller.StartAsync();
            var listening = clock.Elapsed;
            await Patience.UntilAsync("all agents are back", () => Regex.Count(_fleet.Controller.Output, " connected, session") >= HostFleet.WithAgents.Count);
            var back = clock.Elapsed - listening;
            _output.WriteLine($"{how} and started again: listening after {listening.TotalSeconds:0.00} s, 3 agents back {back.TotalSeconds:0.00} s later");

            // The goal is 3 s with the start, which compiled ahead takes 0.3 s; here it is not, and this machine may be busy.
            back.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        }

        await _fleet.WaitOnlineAsync(HostFleet.WithAgents.Count);
    }

    [HostFact]
    public async Task A_reload_by_systemd_changes_settings_without_a_restart()
    {
        var host = _hosts["web1"];
        var before = await host.ShellAsync("systemctl show -P MainPID fleet-agent");
        await host.ShellAsync("cp /etc/fleet/agent.json /root/agent.json; echo '{ \"maxTasks\": 3, \"log.format\": \"json\" }' >/etc/fleet/agent.json; systemctl reload fleet-agent");
        try
        {
            await Patience.UntilAsync("the agent has said what it did", async () =>
                (await host.JournalAsync("-u", "fleet-agent")).Contains("1 changes were applied, 1 need a restart", StringComparison.Ordinal));
            await Patience.UntilAsync("systemd sees it active", async () => await host.ShellAsync("systemctl is-active fleet-agent") == "active\n");
            (await host.ShellAsync("systemctl show -P MainPID fleet-agent")).ShouldBe(before);
        }
        finally
        {
            await host.ShellAsync("mv /root/agent.json /etc/fleet/agent.json; systemctl reload fleet-agent");
        }
    }

    [HostFact]
    public async Task A_host_whose_network_is_cut_is_noticed_and_its_results_arrive_once_when_it_is_restored()
    {
        var host = _hosts["db1"];
        var job = await StartOnHostAsync(host, "echo before; echo ran >>/root/runs; until [ -e /root/go ]; do sleep 0.1; done; echo after");
        await host.CutNetworkAsync();
        var clock = Stopwatch.StartNew();
        try
        {
            await host.ShellAsync("touch /root/go");
            await UntilOnlineAsync("db1", false);
            _output.WriteLine($"the cut was noticed after {clock.Elapsed.TotalSeconds:0.0} s");
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        }
        finally
        {
            await host.RestoreNetworkAsync();
        }

        clock.Restart();
        var end = await JobOnHost.EndAsync(_fleet.Admin, job);
        _output.WriteLine($"the result arrived {clock.Elapsed.TotalSeconds:0.0} s after the network was restored");
        end.GetProperty("state").GetString().ShouldBe("succeeded", end.ToString());
        end.GetProperty("steps")[0].GetProperty("stdout").GetString().ShouldBe("before\nafter\n");
        (await host.ShellAsync("cat /root/runs; rm /root/runs /root/go")).ShouldBe("ran\n");
    }

    [HostFact]
    public async Task A_doctor_finds_a_host_in_order_and_names_what_is_not()
    {
        var host = _hosts["db1"];
        var said = await host.ShellAsync("fleet-agent doctor");
        said.ShouldContain("No problems found.", customMessage: said);
        (await host.ShellAsync("fleet-agent status")).ShouldContain("up since");

        await host.ShellAsync("mkdir -p /run/systemd/system/fleet-agent.service.d && printf '[Service]\nRestart=no\nDelegate=no\n' > /run/systemd/system/fleet-agent.service.d/x.conf && systemctl daemon-reload");
        try
        {
            said = await host.ShellAsync("fleet-agent doctor");
            said.ShouldContain("? restart      Restart=no", customMessage: said);
            said.ShouldContain("? cgroups      systemd does not delegate", customMessage: said);
            // And such an agent takes no upgrade.
            var upgrade = await _fleet.Admin.RunAsync("agents", "upgrade", "db1", "--json");
            upgrade.ExitCode.ShouldBe(1, upgrade.ToString());
            upgrade.Stdout.ShouldContain("is not started again after every end", customMessage: upgrade.ToString());
        }
        finally
        {
            await host.ShellAsync("rm -r /run/systemd/system/fleet-agent.service.d && systemctl daemon-reload");
        }
    }

    [HostFact]
    public async Task An_agent_has_its_link_soon_after_its_start()
    {
        foreach (var name in HostFleet.WithAgents)
        {
            var time = await MeasureLinkAsync(_hosts[name]);
            _output.WriteLine($"{name}: {time.TotalMilliseconds:0} ms from the start of the process to the link");
            time.ShouldBeLessThan(TimeSpan.FromSeconds(2));
            var footprint = await _hosts[name].ShellAsync(
                "grep -E '^(VmRSS|Threads)' /proc/$(systemctl show -P MainPID fleet-agent)/status; systemctl show -p MemoryCurrent,TasksCurrent fleet-agent; du -sk /usr/bin/fleet-agent /var/lib/fleet-agent");
            _output.WriteLine(string.Join("; ", footprint.TrimEnd().Split('\n').Select(line => line.Replace('\t', ' '))));
        }
    }

    /// <summary>From the start of the process, as systemd saw it, to the agent's line, as journald took it; one clock.</summary>
    private static async Task<TimeSpan> MeasureLinkAsync(TestHost host)
    {
        await host.ShellAsync("systemctl restart fleet-agent");
        var linked = "";
        await Patience.UntilAsync("the agent says that it is linked", async () =>
        {
            var invocation = (await host.ShellAsync("systemctl show -P InvocationID fleet-agent")).Trim();
            var journal = await host.JournalAsync("--output=json", "--output-fields=MESSAGE", $"_SYSTEMD_INVOCATION_ID={invocation}");
            linked = journal.Split('\n').FirstOrDefault(line => line.Contains("Connected (", StringComparison.Ordinal)) ?? "";
            return linked.Length > 0;
        });
        var started = long.Parse(await host.ShellAsync("systemctl show -P ExecMainStartTimestampMonotonic fleet-agent"), System.Globalization.CultureInfo.InvariantCulture);
        using var json = System.Text.Json.JsonDocument.Parse(linked);
        var heard = long.Parse(json.RootElement.GetProperty("__MONOTONIC_TIMESTAMP").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        return TimeSpan.FromMicroseconds(heard - started);
    }

    /// <summary>A job on one host; returns when its command runs.</summary>
    private async Task<string> StartOnHostAsync(TestHost host, string line)
    {
        var mark = $"/run/began-{Guid.NewGuid():n}";
        var job = await JobOnHost.StartAsync(_fleet.Admin, host.Name, "-c", $"touch {mark}; {line}");
        await Patience.UntilAsync($"the command runs on {host.Name}", async () => (await host.ExecAsync("test", "-e", mark)).ExitCode == 0);
        return job;
    }

    private Task UntilOnlineAsync(string agent, bool isOnline) =>
        Patience.UntilAsync($"{agent} is {(isOnline ? "on" : "off")}line", async () => await JobOnHost.IsOnlineAsync(_fleet.Admin, agent) == isOnline);
}
