using Fleet.Harness;

namespace Fleet.Hosts.Machine;

/// <summary>Whether this machine can boot hosts; what is missing is installed where that is possible.</summary>
public static class MachineCheck
{
    // Each tool and the Debian package that brings it.
    private static readonly (string Tool, string Package)[] Tools =
    [
        ("systemd-nspawn", "systemd-container"), ("debootstrap", "debootstrap"), ("nsenter", "util-linux"), ("ip", "iproute2"),
    ];

    private static readonly string[] ToolDirectories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];
    private static readonly Lazy<Task<string?>> Quick = new(FindObstacleAsync);
    private static readonly Lazy<Task<string?>> Whole = new(async () => await Quick.Value ?? await FindRootObstacleAsync());

    /// <summary>Why hosts cannot be booted here, in a sentence; null where they can. Found out once for the whole process.</summary>
    /// <remarks>The first time on a machine it takes a minute or two: the root that hosts start from is made.</remarks>
    public static Task<string?> WhyNotAsync() => Whole.Value;

    /// <summary>The same without the root, which takes no time.</summary>
    public static Task<string?> WhyNeverAsync() => Quick.Value;

    private static async Task<string?> FindObstacleAsync()
    {
        if (!OperatingSystem.IsLinux())
            return "real hosts need Linux";
        if (!Environment.IsPrivilegedProcess)
            return "real hosts need root: mounts, network namespaces and cgroups are made for them";
        if (!(await File.ReadAllLinesAsync("/proc/filesystems")).Any(line => line.EndsWith("\toverlay", StringComparison.Ordinal)))
            return "real hosts need overlay file systems, which this kernel does not have";
        return await InstallToolsAsync() ?? await FindRefusalAsync();
    }

    private static async Task<string?> InstallToolsAsync()
    {
        var missing = Tools.Where(t => !ToolDirectories.Any(d => File.Exists(Path.Combine(d, t.Tool)))).ToList();
        if (missing.Count == 0)
            return null;
        var names = string.Join(", ", missing.Select(t => t.Tool));
        if (!File.Exists("/usr/bin/apt-get"))
            return $"real hosts need {names}, and there is no apt-get to install them with";
        var environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" };
        await OneShot.RunAsync("apt-get", ["update", "-qq"], environment, limit: TimeSpan.FromMinutes(2));
        var result = await OneShot.RunAsync(
            "apt-get", ["install", "-y", "-qq", "--no-install-recommends", .. missing.Select(t => t.Package)], environment, limit: TimeSpan.FromMinutes(5));
        return result.ExitCode == 0 ? null : $"real hosts need {names}, which could not be installed: {result.Stderr.Trim()}";
    }

    /// <summary>Root in a container is often not allowed what hosts need: tried, not guessed.</summary>
    private static async Task<string?> FindRefusalAsync()
    {
        var result = await OneShot.RunAsync("unshare", ["--mount", "--net", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
        return result.ExitCode == 0 ? null : $"real hosts need namespaces and mounts, which this machine refuses: {result.Stderr.Trim()}";
    }

    private static async Task<string?> FindRootObstacleAsync()
    {
        try
        {
            await Roots.DebianRoot.EnsureAsync();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or TimeoutException)
        {
            return $"real hosts need a Debian root, which could not be made: {e.Message}";
        }
    }
}
