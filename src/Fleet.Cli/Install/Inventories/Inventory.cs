using Fleet.Cli.Scans.Files;

namespace Fleet.Cli.Install.Inventories;

/// <summary>Hosts and groups of an Ansible inventory, as they are read.</summary>
internal sealed class Inventory
{
    /// <summary>The group that has every host.</summary>
    public const string All = "all";

    /// <summary>Where hosts stand that are in no other group.</summary>
    public const string Ungrouped = "ungrouped";

    private const int MostHosts = 100_000;
    private readonly Dictionary<string, InventoryHost> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InventoryGroup> _groups = new(StringComparer.Ordinal);
    private readonly ScanFaults _faults;

    public Inventory(ScanFaults faults) => _faults = faults;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyCollection<InventoryHost> Hosts => _hosts.Values;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyCollection<InventoryGroup> Groups => _groups.Values;

    /// <summary>A group by its name; made where it is met the first time.</summary>
    public InventoryGroup Group(string name, YamlPlace at, bool isDefinition = true)
    {
        if (!_groups.TryGetValue(name, out var group))
        {
            _groups.Add(name, group = new InventoryGroup(name, at));
            if (name is not (All or Ungrouped) && GroupLabel.Fault(name) is { } fault)
                _faults.Add(at, $"group \"{name}\" cannot become a label: {fault}", "rename it");
        }

        group.IsDefined |= isDefinition || name is All or Ungrouped;
        return group;
    }

    /// <summary>Puts the hosts that a pattern stands for (`web[01:50]`, `db1:2222`) into a group, and returns them.</summary>
    public IReadOnlyList<InventoryHost> Add(string pattern, InventoryGroup group, YamlPlace at)
    {
        var (names, port, fault) = HostPattern.Read(pattern, MostHosts - _hosts.Count);
        if (fault is not null)
        {
            _faults.Add(at, fault, "write NAME, NAME:PORT or web[01:50].example.org");
            return [];
        }

        var hosts = new List<InventoryHost>(names.Count);
        foreach (var name in names)
        {
            if (!_hosts.TryGetValue(name, out var host))
                _hosts.Add(name, host = new InventoryHost(name, at));
            if (port is not null)
                host.Settings.Take("ansible_port", port, at, _faults);
            group.Hosts.Add(host);
            hosts.Add(host);
        }

        return hosts;
    }
}
