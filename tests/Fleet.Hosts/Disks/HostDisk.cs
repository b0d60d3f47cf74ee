using Fleet.Hosts.Machine;

namespace Fleet.Hosts.Disks;

/// <summary>One host's disk. It survives the host's reboots.</summary>
internal sealed class HostDisk(string directory)
{
    /// <summary>The root as the host sees it.</summary>
    internal string Root => Path.Combine(directory, "root");

    /// <summary>Only what differs from the root that all hosts share.</summary>
    internal string Changes => Path.Combine(directory, "changes");

    internal async Task MountAsync(string lowerRoot)
    {
        var work = Path.Combine(directory, "work");
        foreach (var needed in new[] { Root, Changes, work })
            Directory.CreateDirectory(needed);
        await Tool.RunAsync("mount", "-t", "overlay", "-o", $"lowerdir={lowerRoot},upperdir={Changes},workdir={work}", "fleet-hosts", Root);
    }
}
