using Fleet.Cli.Scans.Files;

namespace Fleet.Cli.Install.Inventories;

/// <summary>A group of an inventory.</summary>
/// <param name="name">Its name.</param>
/// <param name="at">Where it stands first.</param>
internal sealed class InventoryGroup(string name, YamlPlace at)
{
    public string Name { get; } = name;

    public YamlPlace At { get; } = at;

    /// <summary>Whether the file says what the group is; else it was only named as somebody's child.</summary>
    public bool IsDefined { get; set; }

    /// <summary>Variables for all hosts in it.</summary>
    public HostSettings Settings { get; } = new();

    /// <summary>The same, from files in group_vars.</summary>
    public HostSettings FileSettings { get; } = new();

    /// <summary>Hosts that stand in it themselves.</summary>
    public HashSet<InventoryHost> Hosts { get; } = [];

    /// <summary>Groups whose hosts are its hosts too.</summary>
    public HashSet<InventoryGroup> Children { get; } = [];
}
