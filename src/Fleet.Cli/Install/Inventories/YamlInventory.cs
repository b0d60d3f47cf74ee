using Fleet.Cli.Scans.Files;

namespace Fleet.Cli.Install.Inventories;

/// <summary>Reads an inventory in the form of YAML: groups with <c>hosts</c>, <c>children</c> and <c>vars</c>.</summary>
internal sealed class YamlInventory(Inventory inventory, ScanFaults faults)
{
    /// <summary>Reads a file's text into an inventory.</summary>
    public static void Read(string file, string text, Inventory inventory, ScanFaults faults)
    {
        var reader = new YamlInventory(inventory, faults);
        foreach (var document in YamlFile.Read(file, text, faults))
        {
            if (document is YamlMap map)
                reader.TakeGroups(map, null);
            else if (document is not YamlScalar { IsEmpty: true })
                faults.Add(document.At, "a YAML inventory must contain groups", "write all: {hosts: {web1: }}; an inventory in INI must not be called .yaml");
        }
    }

    private void TakeGroups(YamlMap groups, InventoryGroup? parent)
    {
        foreach (var (name, node) in groups.Entries)
        {
            // A group with nothing below it is defined elsewhere, or empty; YAML tells no difference.
            var group = inventory.Group(name.Text, name.At);
            parent?.Children.Add(group);
            if (node is YamlMap content)
                TakeGroup(group, content);
            else if (!IsEmpty(node))
                faults.Add(node.At, $"group \"{name.Text}\" must have hosts, children or vars", "a plugin configuration is not an inventory: use the output of ansible-inventory --list --yaml");
        }
    }

    private void TakeGroup(InventoryGroup group, YamlMap content)
    {
        foreach (var (key, node) in content.Entries)
        {
            if (key.Text is not ("hosts" or "children" or "vars"))
                faults.Add(key.At, $"a group has no \"{key.Text}\"", "it has hosts, children and vars");
            else if (node is YamlMap entries && key.Text == "hosts")
                TakeHosts(group, entries);
            else if (node is YamlMap children && key.Text == "children")
                TakeGroups(children, group);
            else if (node is YamlMap variables)
                group.Settings.Take(variables, faults);
            else if (!IsEmpty(node))
                faults.Add(node.At, $"\"{key.Text}\" must be keys and values", key.Text == "vars" ? "write NAME: VALUE" : "write NAME: with a colon and without '-'");
        }
    }

    private void TakeHosts(InventoryGroup group, YamlMap hosts)
    {
        foreach (var (pattern, node) in hosts.Entries)
        {
            var added = inventory.Add(pattern.Text, group, pattern.At);
            if (node is YamlMap variables)
            {
                foreach (var host in added)
                    host.Settings.Take(variables, faults);
            }
            else if (!IsEmpty(node))
            {
                faults.Add(node.At, $"host \"{pattern.Text}\" must have keys and values, or nothing", "write NAME: with its variables below");
            }
        }
    }

    private static bool IsEmpty(YamlNode node) => node is YamlScalar { IsEmpty: true };
}
