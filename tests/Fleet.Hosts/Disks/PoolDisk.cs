using Fleet.Hosts.Machine;

namespace Fleet.Hosts.Disks;

/// <summary>Where hosts keep what they change: a file system in memory, so that it is fast and is gone when it is unmounted.</summary>
internal sealed class PoolDisk(string directory)
{
    private const string Size = "4g";

    /// <summary>Makes it.</summary>
    internal async Task MountAsync()
    {
        Directory.CreateDirectory(directory);
        await Tool.RunAsync("mount", "-t", "tmpfs", "-o", $"size={Size},mode=0700", "fleet-hosts", directory);
    }

    /// <summary>The disk of one host: a layer of its own over a root that is only read.</summary>
    internal async Task<HostDisk> AddAsync(string host, string lowerRoot)
    {
        var disk = new HostDisk(Path.Combine(directory, host));
        await disk.MountAsync(lowerRoot);
        return disk;
    }

    /// <summary>Unmounts all that is mounted at or below a directory, innermost first.</summary>
    internal static async Task UnmountAsync(string directory)
    {
        var mounts = (await File.ReadAllLinesAsync("/proc/self/mounts"))
            .Select(line => line.Split(' ')[1])
            .Where(mount => mount == directory || mount.StartsWith(directory + "/", StringComparison.Ordinal))
            .Reverse();
        foreach (var mount in mounts)
            await Tool.RunAsync("umount", mount);
    }
}
