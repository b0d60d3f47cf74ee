using Fleet.Harness;
using Fleet.Hosts.Roots;

namespace Fleet.Hosts.Machine;

/// <summary>Whether this machine can boot hosts.</summary>
public static class MachineCheck
{
    /// <summary>What brings the programs that it takes.</summary>
    public static readonly IReadOnlyList<string> Packages =
        ["systemd-container", "debootstrap", "debian-archive-keyring", "iproute2", "openssh-client", "procps"];

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
            return Prerequisites.NotOnThisMachine("real hosts need Linux");
        if (!Environment.IsPrivilegedProcess)
            return Prerequisites.NotOnThisMachine("real hosts need root: mounts, network namespaces and cgroups are made for them");
        return Prerequisites.Missing([.. Packages]) ?? await FindRefusalAsync();
    }

    /// <summary>Root in a container is often not allowed what hosts need: tried, not guessed.</summary>
    private static async Task<string?> FindRefusalAsync()
    {
        // Not /proc/filesystems: the kernel loads overlay file systems with the first of them.
        const string Trial = "mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work /mnt/root"
            + " && mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root"
            + " && ip link add trial0 type bridge && ip link add trial1 type veth peer name trial2";
        var result = await OneShot.RunAsync("unshare", ["--mount", "--net", "--pid", "--fork", "/bin/sh", "-c", Trial]);
        return result.ExitCode == 0
            ? null
            : Prerequisites.NotOnThisMachine($"real hosts need namespaces, mounts, overlay file systems and bridges, which are refused: {result.Stderr.Trim()}");
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
