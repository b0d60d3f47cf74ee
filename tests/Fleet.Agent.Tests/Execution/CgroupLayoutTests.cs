using Fleet.Agent.Execution.Cgroups;

namespace Fleet.Agent.Tests.Execution;

public sealed class CgroupLayoutTests
{
    private const string Unit = "/system.slice/fleet-agent.service";

    private static readonly string[] HybridMounts =
    [
        "21 20 0:20 / /proc rw,nosuid shared:5 - proc proc rw",
        "30 29 0:26 / /sys/fs/cgroup/unified rw,nosuid,nodev,noexec shared:10 - cgroup2 cgroup rw",
        "31 29 0:27 / /sys/fs/cgroup/systemd rw,nosuid,nodev,noexec shared:11 - cgroup cgroup rw,xattr,name=systemd",
        "32 29 0:28 / /sys/fs/cgroup/memory rw,nosuid,nodev,noexec shared:12 - cgroup cgroup rw,memory",
        "33 29 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid,nodev,noexec shared:13 - cgroup cgroup rw,cpu,cpuacct",
        "34 29 0:30 / /sys/fs/cgroup/pids rw,nosuid,nodev,noexec shared:14 - cgroup cgroup rw,pids",
    ];

    [Fact]
    public void On_a_host_of_version_2_the_unit_has_one_directory()
    {
        var layout = Find([$"0::{Unit}"], ["30 29 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate"]);
        layout!.Unified.ShouldBe("/sys/fs/cgroup" + Unit);
        layout.Legacy.ShouldBeEmpty();
    }

    [Fact]
    public void On_a_hybrid_host_the_controllers_are_found_where_systemd_gave_the_unit_its_own()
    {
        var layout = Find([$"5:memory:{Unit}", "4:pids:/", $"3:cpu,cpuacct:{Unit}", $"1:name=systemd:{Unit}", $"0::{Unit}"], HybridMounts);
        layout!.Unified.ShouldBe("/sys/fs/cgroup/unified" + Unit);
        layout.Legacy.ShouldBe(
            new Dictionary<string, string> { ["memory"] = "/sys/fs/cgroup/memory" + Unit, ["cpu"] = "/sys/fs/cgroup/cpu,cpuacct" + Unit }, ignoreOrder: true);
    }

    [Fact]
    public void In_a_container_that_sees_part_of_the_hierarchy_the_path_starts_there()
    {
        string[] mounts = ["30 29 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw"];
        Find(["0::/docker/abc/agent.service"], mounts)!.Unified.ShouldBe("/sys/fs/cgroup/agent.service");
        Find(["0::/docker/abcdef"], mounts).ShouldBeNull();
    }

    [Fact]
    public void What_was_not_delegated_is_left_alone()
    {
        CgroupLayout.Find([$"0::{Unit}"], HybridMounts, _ => false).ShouldBeNull();
        Find(["0::/"], HybridMounts).ShouldBeNull();
        Find([$"1:name=systemd:{Unit}"], HybridMounts).ShouldBeNull();
    }

    private static CgroupLayout? Find(string[] memberships, string[] mounts) => CgroupLayout.Find(memberships, mounts, _ => true);
}
