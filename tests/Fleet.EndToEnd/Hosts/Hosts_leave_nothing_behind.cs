using Fleet.Harness;
using Fleet.Hosts;

namespace Fleet.EndToEnd.Hosts;

/// <summary>The harness's own promise: this machine is as before, also after a crash.</summary>
[Collection(HostTests.Name)]
public sealed class Hosts_leave_nothing_behind
{
    [HostFact]
    public async Task A_pool_that_is_done_leaves_no_process_mount_network_cgroup_or_file()
    {
        string name;
        await using (var pool = await HostPool.StartAsync(["a", "b"]))
        {
            name = pool.Name;
            (await TracesAsync(name)).ShouldNotBeEmpty();

            // A reboot is where systemd-nspawn itself leaves things behind.
            await pool["a"].RebootAsync();
            await pool["b"].PowerOffAsync();
        }

        (await TracesAsync(name)).ShouldBeEmpty();
    }

    [HostFact]
    public async Task A_pool_whose_process_crashed_is_removed_by_the_next_one()
    {
        await using var pool = await HostPool.StartAsync(["a"]);
        await HostPool.RemoveOrphansAsync();
        (await pool["a"].ShellAsync("cat /etc/hostname")).ShouldBe("a\n", "its process lives: it is left alone");

        pool.Orphan();
        await HostPool.RemoveOrphansAsync();
        (await TracesAsync(pool.Name)).ShouldBeEmpty();
    }

    /// <summary>Whatever on this machine carries a pool's name.</summary>
    private static async Task<List<string>> TracesAsync(string name)
    {
        var links = Directory.EnumerateFileSystemEntries("/sys/class/net");
        var mounts = await File.ReadAllLinesAsync("/proc/self/mounts");
        var cgroups = Directory.EnumerateDirectories("/sys/fs/cgroup", "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true });
        var files = new[] { Path.GetTempPath() + "fleet-hosts", "/run/systemd/nspawn/propagate" }
            .Where(Directory.Exists).SelectMany(Directory.EnumerateFileSystemEntries);
        var processes = (await OneShot.RunAsync("pgrep", ["-af", name])).Stdout.Split('\n');
        return [.. links.Concat(mounts).Concat(cgroups).Concat(files).Concat(processes).Where(trace => trace.Contains(name, StringComparison.Ordinal))];
    }
}
