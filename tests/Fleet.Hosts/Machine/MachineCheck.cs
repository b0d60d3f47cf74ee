using Fleet.Harness;
using Fleet.Hosts.Roots;

namespace Fleet.Hosts.Machine;

/// <summary>Whether this machine can boot hosts; what is missing is installed where that is possible.</summary>
public static class MachineCheck
{
    // Each tool and the Debian package that brings it.
    private static readonly (string Tool, string Package)[] Tools =
    [
        ("systemd-nspawn", "systemd-container"), ("debootstrap", "debootstrap"), ("nsenter", "util-linux"), ("ip", "iproute2"),
        ("ssh", "openssh-client"),
    ];

    private static readonly string[] ToolDirectories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];
    private static readonly Lazy<Task<string?>> Quick = new(FindObstacleAsync);
    private static readonly Lazy<Task<string?>> Whole = new(async () => await Quick.Value ?? await FindBootObstacleAsync());

    /// <summary>Why hosts cannot be booted here, in a sentence; null where they can. Found out once for the whole process.</summary>
    /// <remarks>
    /// It ends with the boot of a host, which takes a second or two. The first time on a machine the root that hosts start from is
    /// made before, and that takes a minute or two.
    /// </remarks>
    public static Task<string?> WhyNotAsync() => Whole.Value;

    /// <summary>What can be said of that without making and booting anything.</summary>
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
        const string Trial = "mount -t tmpfs tmpfs /mnt && ip link add trial0 type bridge && ip link add trial1 type veth peer name trial2";
        var result = await OneShot.RunAsync("unshare", ["--mount", "--net", "--pid", "--fork", "/bin/sh", "-c", Trial]);
        return result.ExitCode == 0 ? null : $"real hosts need namespaces, mounts and bridges, which this machine refuses: {result.Stderr.Trim()}";
    }

    private static async Task<string?> FindBootObstacleAsync()
    {
        var what = "made";
        try
        {
            await DebianRoot.EnsureAsync();
            what = "booted";
            await using var trial = await HostPool.StartAsync(["trial"]);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            return $"real hosts need a Debian, which could not be {what}: {e.Message}";
        }
    }
}
