using Fleet.Harness;
using Fleet.Hosts;
using Xunit.Abstractions;

namespace Fleet.EndToEnd.Hosts;

/// <summary>
/// A host with cgroups of version 2 alone, as most distributions have them now. Its controllers are those that this machine leaves to
/// version 2: where one is missing, the agent has to say so.
/// </summary>
[Collection(HostTests.Name)]
public sealed class Tasks_where_cgroups_are_unified(HostFleet fixture, ITestOutputHelper output)
{
    private const string Name = "uni1";

    [HostFact]
    public async Task Tasks_are_killed_whole_and_limits_are_kept_or_refused()
    {
        var host = await fixture.Hosts.AddAsync(Name, HostCgroups.Unified);
        (await host.ShellAsync("stat -f -c %T /sys/fs/cgroup")).ShouldBe("cgroup2fs\n");
        await fixture.Setup.InstallPackageAsync(host);
        try
        {
            await Patience.UntilAsync("its agent is online", () => JobOnHost.IsOnlineAsync(fixture.Fleet.Admin, Name));
            await KilledWholeAsync(host);
            var controllers = (await host.ShellAsync("cat /sys/fs/cgroup/cgroup.controllers")).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            output.WriteLine($"controllers of version 2: {string.Join(", ", controllers)}");
            await MemoryAsync(controllers.Contains("memory"));
            await ProcessesAsync(controllers.Contains("pids"));
            await CpuAsync(controllers.Contains("cpu"));
            await Patience.UntilAsync("the tasks' cgroups are gone", async () => await host.ShellAsync("find /sys/fs/cgroup -type d -name 'task-*'") == "");
        }
        finally
        {
            // Its agent is gone before the next test counts them.
            await host.ShellAsync("dpkg --purge fleet-agent");
        }
    }

    private async Task KilledWholeAsync(TestHost host)
    {
        // No trace is left of what escapes, but its cgroup; it waits until it is there.
        var mark = $"7{Random.Shared.Next(100000, 999999)}";
        var escape = $"use POSIX; fork and exit; POSIX::setsid(); fork and exit; %ENV=(); syscall(157, 29, 90000); exec qw(/bin/sleep {mark})";
        var result = await ExecAsync("--timeout", "2s", "--grace", "200ms", "-c",
            $"until grep -q /task- /proc/self/cgroup; do :; done; perl -e '{escape}'; until pgrep -f 'sleep {mark}'; do :; done; cat /proc/self/cgroup >&2; sleep 1000");
        result.Stdout.ShouldContain($"--- {Name} timed out", customMessage: result.ToString());
        (result.Stdout + result.Stderr).ShouldContain("0::/system.slice/fleet-agent.service/task-", customMessage: result.ToString());
        (await host.ExecAsync("pgrep", "-af", $"sleep {mark}")).Stdout.ShouldBe("");
    }

    private async Task MemoryAsync(bool isThere)
    {
        var greedy = await ExecAsync("--memory-max", "64MiB", "-c", "echo begun; exec perl -e '$x = q(x) x (300 << 20); print length $x'");
        if (isThere)
            greedy.Stdout.ShouldContain("the kernel killed one of its processes at its memory limit of 64MiB", customMessage: greedy.ToString());
        else
            ShouldBeRefused(greedy, "memory");
    }

    private async Task ProcessesAsync(bool isThere)
    {
        var crowd = await ExecAsync("--processes-max", "4", "-c", "echo begun; for i in 1 2 3 4 5 6; do sleep 0.2 & done; wait");
        if (isThere)
            crowd.Stdout.ShouldContain("no process could be started at its limit of 4 processes", customMessage: crowd.ToString());
        else
            ShouldBeRefused(crowd, "pids");
    }

    private async Task CpuAsync(bool isThere)
    {
        var weight = await ExecAsync("--cpu-weight", "50", "-c", "echo begun; cat /sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)/cpu.weight");
        if (isThere)
            weight.Stdout.ShouldBe($"--- {Name} succeeded\nbegun\n50\n", weight.ToString());
        else
            ShouldBeRefused(weight, "cpu");
    }

    /// <summary>Never run without the limit that was asked for.</summary>
    private void ShouldBeRefused(CommandResult result, string controller)
    {
        result.Stdout.ShouldContain($"--- {Name} rejected", customMessage: result.ToString());
        result.Stdout.ShouldContain(controller, customMessage: result.ToString());
        result.Stdout.ShouldNotContain("begun");
        output.WriteLine(result.Stdout.Trim());
    }

    private Task<CommandResult> ExecAsync(params string[] words) => fixture.Fleet.Admin.RunAsync(["exec", Name, .. words]);
}
