using Fleet.Harness;
using Fleet.Hosts;

namespace Fleet.EndToEnd.Hosts;

[Collection(HostTests.Name)]
public sealed class Tasks_in_cgroups_of_their_own
{
    private readonly FleetOnThisMachine _fleet;
    private readonly TestHost _host;

    public Tasks_in_cgroups_of_their_own(HostFleet fixture)
    {
        _fleet = fixture.Fleet;
        _host = fixture.Hosts["web1"];
    }

    [HostFact]
    public async Task A_task_is_killed_whole_even_where_nothing_but_its_cgroup_tells_its_processes()
    {
        // A daemon of its own session, orphaned, with an empty environment and another timer slack: no trace is left but the cgroup. Where the agent is
        // kept from running, a command begins before it is in its cgroup: this one waits.
        var mark = $"6{Random.Shared.Next(100000, 999999)}";
        var escape = $"use POSIX; fork and exit; POSIX::setsid(); fork and exit; %ENV=(); syscall(157, 29, 90000); exec qw(/bin/sleep {mark})";
        var result = await _fleet.Admin.RunAsync(
            "exec", "web1", "--timeout", "2s", "--grace", "200ms", "-c",
            $"until grep -q /task- /proc/self/cgroup; do :; done; perl -e '{escape}'; until pgrep -f 'sleep {mark}'; do :; done; sleep 1000");
        result.Stdout.ShouldContain("--- web1 timed out", customMessage: result.ToString());
        // Whoever is killed is there until the kernel is done with it: a cgroup can be removed once all of them are gone.
        await NoTaskCgroupsAsync();
        (await _host.ExecAsync("pgrep", "-af", $"sleep {mark}")).Stdout.ShouldBe("");
    }

    [HostFact]
    public async Task A_task_over_its_memory_limit_harms_only_itself()
    {
        var agent = await _host.ShellAsync("systemctl show -P MainPID fleet-agent");
        var neighbor = await JobOnHost.StartAsync(_fleet.Admin, "web1", "-c", "until [ -e /root/go ]; do sleep 0.1; done; echo unharmed");
        var greedy = await JobOnHost.EndAsync(_fleet.Admin, await JobOnHost.StartAsync(
            _fleet.Admin, "web1", "--memory-max", "64MiB", "-c", "exec perl -e '$x = q(x) x (300 << 20); print length $x'"));
        await _host.ShellAsync("touch /root/go");

        greedy.GetProperty("state").GetString().ShouldBe("failed", greedy.ToString());
        greedy.GetProperty("reason").GetString().ShouldBe("was ended by SIGKILL; the kernel killed one of its processes at its memory limit of 64MiB");
        var end = await JobOnHost.EndAsync(_fleet.Admin, neighbor);
        end.GetProperty("steps")[0].GetProperty("stdout").GetString().ShouldBe("unharmed\n");
        (await _host.ShellAsync("rm /root/go; systemctl show -P MainPID fleet-agent")).ShouldBe(agent);
        await NoTaskCgroupsAsync();
    }

    [HostFact]
    public async Task Limits_of_processes_and_CPU_are_set_for_the_task()
    {
        var crowd = await _fleet.Admin.RunAsync(
            "exec", "web1", "--processes-max", "4", "-c", "for i in 1 2 3 4 5 6; do sleep 0.2 & done; wait");
        crowd.Stdout.ShouldContain("no process could be started at its limit of 4 processes", customMessage: crowd.ToString());

        // Version 1 of the CPU controller says the weight of 50 as 512 of 1024 shares.
        var weight = await _fleet.Admin.RunAsync(
            "exec", "web1", "--cpu-weight", "50", "-c",
            "p=$(grep -E '^[0-9]+:cpu:' /proc/self/cgroup | cut -d: -f3); cat /sys/fs/cgroup/cpu$p/cpu.shares 2>/dev/null || cat /sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)/cpu.weight");
        weight.Stdout.ShouldBeOneOf("--- web1 succeeded\n512\n", "--- web1 succeeded\n50\n");
    }

    [HostFact]
    public async Task The_CPU_time_of_what_a_task_did_not_wait_for_is_counted()
    {
        var end = await JobOnHost.EndAsync(_fleet.Admin, await JobOnHost.StartAsync(
            _fleet.Admin, "web1", "-c", "(perl -e 'for (1..20_000_000) {}' &) ; sleep 3"));
        end.GetProperty("steps")[0].GetProperty("user_cpu_ms").GetDouble().ShouldBeGreaterThan(100, end.ToString());
    }

    /// <summary>Nothing is left of the cgroups of tasks that are over.</summary>
    private async Task NoTaskCgroupsAsync() => await Patience.UntilAsync(
        "the tasks' cgroups are gone", async () => await _host.ShellAsync("find /sys/fs/cgroup -type d -name 'task-*'") == "", TimeSpan.FromSeconds(5));
}
