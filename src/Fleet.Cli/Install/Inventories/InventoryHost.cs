using Fleet.Cli.Scans.Files;

namespace Fleet.Cli.Install.Inventories;

/// <summary>A host of an inventory.</summary>
/// <param name="name">Its name there.</param>
/// <param name="at">Where it stands first.</param>
internal sealed class InventoryHost(string name, YamlPlace at)
{
    public string Name { get; } = name;

    public YamlPlace At { get; } = at;

    /// <summary>What was written at the host itself.</summary>
    public HostSettings Settings { get; } = new();

    /// <summary>What files in host_vars say of it.</summary>
    public HostSettings FileSettings { get; } = new();
}
