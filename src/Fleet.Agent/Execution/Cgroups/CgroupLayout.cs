namespace Fleet.Agent.Execution.Cgroups;

/// <summary>Which part of the host's cgroups is ours to divide, if any.</summary>
/// <param name="Unified">Our directory in the hierarchy of version 2, by which systemd tracks us.</param>
/// <param name="Legacy">Our directories in those of version 1, by controller; empty where version 2 has them all.</param>
/// <remarks>
/// Root can write everywhere; being allowed to is another thing. systemd marks what it has delegated (<c>Delegate=yes</c> in the
/// unit) by an extended attribute: https://systemd.io/CGROUP_DELEGATION. Controllers of version 1 know no delegation; where
/// systemd has given us a directory of the same path as in version 2, it is for us alone.
/// </remarks>
internal sealed record CgroupLayout(string Unified, IReadOnlyDictionary<string, string> Legacy)
{
    /// <summary>Those that tasks can be limited by.</summary>
    internal static readonly IReadOnlyList<string> Controllers = ["memory", "pids", "cpu"];

    /// <summary>Null where nothing was delegated to this process.</summary>
    /// <param name="memberships">/proc/self/cgroup (cgroups(7)).</param>
    /// <param name="mounts">/proc/self/mountinfo (proc(5)).</param>
    /// <param name="isDelegated">Whether a directory carries systemd's mark.</param>
    internal static CgroupLayout? Find(IEnumerable<string> memberships, IEnumerable<string> mounts, Func<string, bool> isDelegated)
    {
        // "4:memory:/system.slice/x.service"; version 2 names no controllers: "0::/system.slice/x.service".
        var paths = memberships.Select(line => line.Split(':', 3)).Where(f => f.Length == 3).ToDictionary(f => f[1], f => f[2]);
        if (!paths.TryGetValue("", out var own) || own == "/")
            return null;

        string? unified = null;
        var legacy = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var mount in mounts.Select(CgroupMount.TryParse).OfType<CgroupMount>())
        {
            if (mount.IsUnified)
            {
                unified ??= mount.DirectoryOf(own);
                continue;
            }

            foreach (var controller in Controllers.Intersect(mount.Options))
            {
                var path = paths.FirstOrDefault(p => p.Key.Split(',').Contains(controller)).Value;
                if (path == own && mount.DirectoryOf(path) is { } directory)
                    legacy.TryAdd(controller, directory);
            }
        }

        return unified is not null && isDelegated(unified) ? new CgroupLayout(unified, legacy) : null;
    }
}
