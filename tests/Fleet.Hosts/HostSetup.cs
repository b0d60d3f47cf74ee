namespace Fleet.Hosts;

/// <summary>What makes a fresh Debian this host: its name, its network, and cgroups as they are on a machine of its own.</summary>
internal static class HostSetup
{
    // systemd-nspawn shows controllers of version 1 read-only. On a machine of its own systemd finds them writable and gives units
    // theirs; it looks for that when it starts, hence the second start.
    private const string CgroupsUnit = """
        [Unit]
        Description=Writable cgroup controllers
        DefaultDependencies=no
        Before=sysinit.target

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/bin/sh -c 'for c in memory pids cpu cpuacct; do mountpoint -q /sys/fs/cgroup/$$c && mount -o remount,bind,rw /sys/fs/cgroup/$$c; done; exec systemctl --no-block daemon-reexec'

        """;

    // Units switched on, and those that would only make noise switched off.
    private static readonly (string Link, string Target)[] Links =
    [
        ("/etc/systemd/system/sysinit.target.wants/host-cgroups.service", "/etc/systemd/system/host-cgroups.service"),
        ("/etc/systemd/system/multi-user.target.wants/systemd-networkd.service", "/lib/systemd/system/systemd-networkd.service"),
        ("/etc/systemd/system/network-online.target.wants/systemd-networkd-wait-online.service", "/lib/systemd/system/systemd-networkd-wait-online.service"),
        ("/etc/systemd/system/apt-daily.timer", "/dev/null"),
        ("/etc/systemd/system/apt-daily-upgrade.timer", "/dev/null"),
        ("/etc/systemd/system/dpkg-db-backup.timer", "/dev/null"),
        ("/etc/systemd/system/getty.target", "/dev/null"),
        ("/etc/systemd/system/console-getty.service", "/dev/null"),
    ];

    internal static async Task WriteAsync(HostBirth birth)
    {
        var root = birth.Disk.Root;
        await WriteAsync(root + "/etc/hostname", birth.Name + "\n");
        await WriteAsync(root + "/etc/hosts", $"127.0.0.1 localhost {birth.Name}\n{birth.Bridge.Gateway} controller\n");
        await WriteAsync(root + "/etc/systemd/network/10-host0.network", $"""
            [Match]
            Name=host0

            [Network]
            Address={birth.Address}/24
            LinkLocalAddressing=no
            LLDP=no

            """);
        await WriteAsync(root + "/etc/systemd/system/host-cgroups.service", CgroupsUnit);

        // Empty: it makes its own at its first boot. The other one tells of the machine that the root was made on.
        await WriteAsync(root + "/etc/machine-id", "");
        File.Delete(root + "/etc/resolv.conf");
        foreach (var (link, target) in Links)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(root + link)!);
            File.CreateSymbolicLink(root + link, target);
        }
    }

    private static async Task WriteAsync(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, content);
    }
}
