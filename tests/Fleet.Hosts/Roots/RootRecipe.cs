namespace Fleet.Hosts.Roots;

/// <summary>What the Debian root holds beyond what every Debian has.</summary>
internal static class RootRecipe
{
    /// <summary>What a small server has, and what tests ask of it.</summary>
    internal static readonly IReadOnlyList<string> Packages =
        ["systemd", "systemd-sysv", "dbus", "logrotate", "iproute2", "procps", "curl", "ca-certificates", "openssl"];

    /// <summary>Files that make it a host: its network, and cgroups as they are on a host of its own.</summary>
    internal static readonly IReadOnlyList<(string Path, string Content)> Files =
    [
        // Empty: every host makes its own at its first boot.
        ("/etc/machine-id", ""),
        // systemd-nspawn shows version 1 controllers read-only; on a machine they can be written, and units get theirs.
        ("/etc/systemd/system/host-cgroups.service", """
            [Unit]
            Description=Writable cgroup controllers
            DefaultDependencies=no
            Before=sysinit.target

            [Service]
            Type=oneshot
            RemainAfterExit=yes
            ExecStart=/bin/sh -c 'for c in memory pids cpu cpuacct; do mountpoint -q /sys/fs/cgroup/$$c && mount -o remount,bind,rw /sys/fs/cgroup/$$c; done; true'

            """),
    ];

    /// <summary>What debootstrap copies from the machine it runs on, and a host must not know.</summary>
    internal static readonly IReadOnlyList<string> Removed = ["/etc/resolv.conf", "/etc/hostname"];

    /// <summary>Units switched on, and those that would only make noise switched off.</summary>
    internal static readonly IReadOnlyList<(string Link, string Target)> Links =
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
}
