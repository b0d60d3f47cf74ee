using Fleet.Agent.Facts;

namespace Fleet.Agent.Tests.Facts;

public sealed class FactTests
{
    [Theory]
    [InlineData("ID=debian\nVERSION_ID=\"12\"\n", "VERSION_ID", "12")]
    [InlineData("ID=debian", "ID", "debian")]
    [InlineData("PRETTY_NAME='A \\$ sign'", "PRETTY_NAME", "A $ sign")]
    [InlineData("VERSION_ID=1\nID=x", "ID", "x")]
    [InlineData("IDX=1", "ID", "")]
    [InlineData("", "ID", "")]
    public void Os_release_is_read(string text, string key, string value) => FactParsers.OsRelease(text, key).ShouldBe(value);

    [Theory]
    [InlineData("MemFree: 1 kB\nMemTotal:       24684740 kB\n", "25277173760")]
    [InlineData("MemTotal: many kB", "")]
    [InlineData("MemTotal: 5 MB", "")]
    [InlineData("", "")]
    public void Memory_is_told_in_bytes(string meminfo, string bytes) => FactParsers.Memory(meminfo).ShouldBe(bytes);

    [Theory]
    [InlineData("0", "1")]
    [InlineData("0-3", "4")]
    [InlineData("0-1,4,6-7", "5")]
    [InlineData("", "")]
    [InlineData("3-1", "")]
    [InlineData("a-b", "")]
    public void Cpus_are_counted(string list, string count) => FactParsers.CpuCount(list).ShouldBe(count);

    [Theory]
    [InlineData("cpu 1 2\nbtime 1763683323\nprocesses 5", "2025-11-21T00:02:03Z")]
    [InlineData("btime x", "")]
    [InlineData("btime 99999999999999", "")]
    public void The_boot_time_is_told_in_utc(string stat, string time) => FactParsers.BootTime(stat).ShouldBe(time);

    [Fact]
    public void Facts_come_from_the_hosts_files_and_what_is_missing_is_left_out()
    {
        using var root = new TemporaryDirectory();
        Write(root, "etc/os-release", "ID=alpine\nVERSION_ID=3.20\n");
        Write(root, "proc/sys/kernel/osrelease", "6.6.1\n");
        Write(root, "sys/devices/system/cpu/online", "0-7\n");

        var facts = new HostFacts(new HostFiles(root.Path)).Collect();

        facts["os"].ShouldBe("linux");
        facts["os_name"].ShouldBe("alpine");
        facts["os_version"].ShouldBe("3.20");
        facts["kernel"].ShouldBe("6.6.1");
        facts["cpus"].ShouldBe("8");
        facts["agent_version"].ShouldBe("0.1.0");
        facts.ShouldNotContainKey("memory");
        facts.ShouldNotContainKey("boot_time");
    }

    [Fact]
    public void This_host_tells_what_the_registry_asks_for()
    {
        var facts = new HostFacts(new HostFiles()).Collect();
        foreach (var name in (string[])["hostname", "os", "kernel", "arch", "cpus", "memory", "agent_version", "boot_time", "boot_id"])
            facts.ShouldContainKey(name);
        facts.Count.ShouldBeLessThanOrEqualTo(Fleet.Protocol.Limits.Facts);
    }

    private static void Write(TemporaryDirectory root, string path, string text)
    {
        var full = Path.Combine(root.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
