namespace Fleet.Agent.Execution.Cgroups;

/// <summary>One line of /proc/self/mountinfo that mounts cgroups.</summary>
/// <param name="IsUnified">Version 2.</param>
/// <param name="Root">What part of the hierarchy is mounted; not all of it in a container.</param>
/// <param name="Point">Where it is mounted.</param>
/// <param name="Options">Of the file system: for version 1 they name its controllers.</param>
internal sealed record CgroupMount(bool IsUnified, string Root, string Point, IReadOnlyList<string> Options)
{
    /// <summary>Null for mounts of anything else.</summary>
    internal static CgroupMount? TryParse(string line)
    {
        // 36 35 0:31 / /sys/fs/cgroup/memory rw,nosuid shared:16 - cgroup cgroup rw,memory
        var halves = line.Split(" - ", 2);
        if (halves.Length != 2 || halves[0].Split(' ') is not [_, _, _, var root, var point, ..])
            return null;
        return halves[1].Split(' ') is [("cgroup" or "cgroup2") and var type, _, var options]
            ? new CgroupMount(type == "cgroup2", root, point, options.Split(','))
            : null;
    }

    /// <summary>Where a cgroup is found; null where it is not below this mount.</summary>
    internal string? DirectoryOf(string path)
    {
        if (Root == "/")
            return Point + path;
        return path == Root || path.StartsWith(Root + "/", StringComparison.Ordinal) ? Point + path[Root.Length..] : null;
    }
}
