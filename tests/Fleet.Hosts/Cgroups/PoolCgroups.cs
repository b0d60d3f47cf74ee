using Fleet.Harness;
using Fleet.Hosts.Machine;

namespace Fleet.Hosts.Cgroups;

/// <summary>
/// The cgroups of one pool: a directory of its name in each hierarchy that systemd in a host needs, below this process's own
/// cgroup, so that whatever limits this process limits its hosts too. A host's are below the pool's.
/// </summary>
internal sealed class PoolCgroups
{
    // Without these a host's systemd would share its controllers with this machine and with other hosts. cpuset is left out: a new
    // group of version 1 takes no process before its CPUs are set.
    private static readonly string[] Controllers = ["name=systemd", "memory", "pids", "cpu", "cpuacct"];

    internal PoolCgroups(IReadOnlyList<string> directories) => Directories = directories;

    /// <summary>The pool's directories, one in each hierarchy.</summary>
    internal IReadOnlyList<string> Directories { get; }

    /// <summary>Those of a pool that is about to be made.</summary>
    internal static PoolCgroups Plan(string pool)
    {
        var own = File.ReadLines("/proc/self/cgroup")
            .Select(line => line.Split(':', 3))
            .ToDictionary(fields => fields[1], fields => fields[2]);
        return new PoolCgroups([.. Hierarchies().DistinctBy(h => h.Key).Select(h => Path.Join(h.Mount, own.GetValueOrDefault(h.Key, "/"), pool))]);
    }

    /// <summary>A host's directories; made where they are missing.</summary>
    internal IReadOnlyList<string> Open(string host)
    {
        var directories = Directories.Select(directory => Path.Combine(directory, host)).ToList();
        foreach (var directory in directories)
        {
            Directory.CreateDirectory(directory);
            HandDown(Path.GetDirectoryName(Path.GetDirectoryName(directory))!);
            HandDown(Path.GetDirectoryName(directory)!);
        }

        return directories;
    }

    /// <summary>
    /// In version 2 a cgroup has the controllers that the one above it hands down. Where that is not allowed, hosts do without: then
    /// agents have to say so.
    /// </summary>
    private static void HandDown(string directory)
    {
        var control = Path.Combine(directory, "cgroup.subtree_control");
        if (!File.Exists(control))
            return;
        foreach (var controller in Controllers.Intersect(File.ReadAllText(Path.Combine(directory, "cgroup.controllers")).Split((char[])[' ', '\n'])))
        {
            try
            {
                File.WriteAllText(control, "+" + controller);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Processes of its own are in it.
            }
        }
    }

    /// <summary>Kills every process of a host (SIGKILL) and waits until none is left.</summary>
    internal Task KillAsync(string host) => KillAsync(Directories.Select(directory => Path.Combine(directory, host)));

    /// <summary>Kills every process of the pool and removes its directories.</summary>
    internal async Task RemoveAsync()
    {
        await KillAsync(Directories);

        // What was killed keeps its group for a moment, until it is waited for.
        foreach (var directory in Directories)
            await Patience.UntilAsync($"{directory} can be removed", () => TryRemove(directory));
    }

    private static async Task KillAsync(IEnumerable<string> directories)
    {
        var all = directories.ToList();
        await Patience.UntilAsync("the hosts' processes are gone", () =>
        {
            var processes = all.SelectMany(Processes).Distinct().ToList();
            foreach (var process in processes)
                Native.Kill(process, Native.SigKill);
            return processes.Count == 0;
        });
    }

    private static List<int> Processes(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFiles(directory, "cgroup.procs", SearchOption.AllDirectories).SelectMany(File.ReadLines).Select(int.Parse)];
        }
        catch (IOException)
        {
            return []; // It went away while it was read; whoever asks asks again.
        }
    }

    private static bool TryRemove(string directory)
    {
        if (!Directory.Exists(directory))
            return true;
        try
        {
            // Deepest first. Files in a cgroup cannot be removed and need not be.
            var all = Directory.EnumerateDirectories(directory).All(TryRemove);
            if (all)
                Directory.Delete(directory);
            return all;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Where the hierarchies are mounted, by the name that /proc/self/cgroup gives them; version 2 has an empty one. The machine's own mounts come first:
    /// those behind them belong to other roots (containers), and go with these.
    /// </summary>
    private static IEnumerable<(string Key, string Mount)> Hierarchies()
    {
        foreach (var line in File.ReadLines("/proc/self/mounts"))
        {
            if (line.Split(' ') is not [_, var mount, var type, var options, ..])
                continue;
            if (type == "cgroup2")
                yield return ("", mount);
            else if (type == "cgroup" && options.Split(',').Intersect(Controllers).Any())
                yield return (KeyOf(options), mount);
        }
    }

    // Controllers may be mounted together; /proc/self/cgroup then names them together.
    private static string KeyOf(string options) => string.Join(',', options.Split(',').Where(o =>
        o.StartsWith("name=", StringComparison.Ordinal) || o is "memory" or "pids" or "cpu" or "cpuacct"));
}
