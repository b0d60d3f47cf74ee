using System.Net.NetworkInformation;
using Fleet.Protocol;

namespace Fleet.Agent.Facts;

/// <summary>Collects what describes this host. Cheap: a few small files and one system call.</summary>
internal sealed class HostFacts(HostFiles files)
{
    /// <summary>The kernel's id of the present boot.</summary>
    public string BootId() => files.Read("/proc/sys/kernel/random/boot_id");

    /// <summary>All facts, by name; what the host does not tell is left out.</summary>
    public SortedDictionary<string, string> Collect()
    {
        var release = files.Read("/etc/os-release");
        if (release.Length == 0)
            release = files.Read("/usr/lib/os-release");
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(facts, "hostname", Environment.MachineName);
        Add(facts, "os", "linux");
        Add(facts, "os_name", FactParsers.OsRelease(release, "ID"));
        Add(facts, "os_version", FactParsers.OsRelease(release, "VERSION_ID"));
        Add(facts, "os_title", FactParsers.OsRelease(release, "PRETTY_NAME"));
        Add(facts, "kernel", files.Read("/proc/sys/kernel/osrelease"));
        Add(facts, "arch", Architectures.OfHost);
        Add(facts, "cpus", FactParsers.CpuCount(files.Read("/sys/devices/system/cpu/online")));
        Add(facts, "memory", FactParsers.Memory(files.Read("/proc/meminfo")));
        Add(facts, "addresses", string.Join(',', Addresses()));
        Add(facts, "agent_version", AgentVersion.Text);
        Add(facts, "boot_time", FactParsers.BootTime(files.Read("/proc/stat")));
        Add(facts, "boot_id", BootId());
        Add(facts, "machine_id", files.Read("/etc/machine-id"));
        return facts;
    }

    private static void Add(SortedDictionary<string, string> facts, string name, string value)
    {
        if (value.Length > 0)
            facts[name] = value.Length <= Limits.FactCharacters ? value : value[..Limits.FactCharacters];
    }

    private static IEnumerable<string> Addresses()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => i.NetworkInterfaceType != NetworkInterfaceType.Loopback && i.OperationalStatus != OperationalStatus.Down)
                .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                .Select(a => a.Address)
                .Where(a => !a.IsIPv6LinkLocal)
                .Select(a => a.ToString())
                .Order(StringComparer.Ordinal)
                .Distinct();
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
