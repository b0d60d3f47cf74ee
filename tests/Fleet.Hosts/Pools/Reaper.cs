using Fleet.Hosts.Disks;
using Fleet.Hosts.Machine;
using Fleet.Hosts.Network;

namespace Fleet.Hosts.Pools;

/// <summary>Removes pools: processes first, then what they used. Nothing is touched that does not carry a pool's mark.</summary>
internal static class Reaper
{
    private const string NspawnState = "/run/systemd/nspawn";

    /// <summary>Removes the pools of processes that are gone.</summary>
    internal static async Task RunAsync()
    {
        foreach (var pool in PoolMark.All().Where(pool => !pool.Owner.IsAlive))
            await RemoveAsync(pool);
    }

    /// <summary>Removes a pool, whatever of it is there. Doing so twice is harmless.</summary>
    internal static async Task RemoveAsync(PoolMark pool)
    {
        await pool.Cgroups.RemoveAsync();
        await Bridge.RemoveAsync(pool.Bridge);
        await RemoveNspawnStateAsync(pool);
        await PoolDisk.UnmountAsync(pool.Directory);
        if (Directory.Exists(pool.Directory))
            Directory.Delete(pool.Directory, recursive: true);
        RemoveHome();
    }

    private static void RemoveHome()
    {
        try
        {
            if (Directory.Exists(PoolMark.Home) && !Directory.EnumerateFileSystemEntries(PoolMark.Home).Any())
                Directory.Delete(PoolMark.Home);
        }
        catch (IOException)
        {
            // Another pool has just begun, or has just removed it.
        }
    }

    /// <summary>systemd-nspawn leaves two things behind when it is killed or its machine reboots.</summary>
    private static async Task RemoveNspawnStateAsync(PoolMark pool)
    {
        // 1. Where mounts are let through to the machine.
        var propagated = Path.Combine(NspawnState, "propagate");
        if (Directory.Exists(propagated))
        {
            foreach (var directory in Directory.EnumerateDirectories(propagated, pool.Machine("*")))
                Directory.Delete(directory, recursive: true);
        }

        // 2. The lock on the root directory, named after its device and inode (image_path_lock in systemd's source).
        if (!Directory.Exists(pool.Disk))
            return;
        foreach (var host in Directory.EnumerateDirectories(pool.Disk))
        {
            var name = (await Tool.TryAsync("stat", "--format=inode-%d:%i", Path.Combine(host, "root"))).Stdout.Trim();
            if (name.Length > 0)
                File.Delete(Path.Combine(NspawnState, "locks", name));
        }
    }
}
