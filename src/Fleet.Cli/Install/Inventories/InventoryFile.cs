using Fleet.Cli.Scans.Files;

namespace Fleet.Cli.Install.Inventories;

/// <summary>Reads an Ansible inventory from a file.</summary>
internal static class InventoryFile
{
    private const int LargestBytes = 16 * 1024 * 1024;

    /// <summary>The hosts to install.</summary>
    /// <param name="path">An inventory in INI or YAML.</param>
    /// <param name="onlyGroups">Only hosts in one of these groups; none: all.</param>
    /// <param name="note">Is told what was not read of it.</param>
    /// <exception cref="CommandFailure">It cannot be read, or names no host; it lists all faults with their places.</exception>
    public static IReadOnlyList<InstallTarget> Read(string path, IReadOnlyCollection<string> onlyGroups, Action<string> note)
    {
        var faults = new ScanFaults();
        return Parse(path, Load(path), onlyGroups, faults, new VariableFiles(Path.GetDirectoryName(path) ?? "", note, faults));
    }

    /// <summary>The hosts of a text, which has nothing beside it.</summary>
    public static IReadOnlyList<InstallTarget> Parse(string name, string text, IReadOnlyCollection<string> onlyGroups) => Parse(name, text, onlyGroups, new ScanFaults(), null);

    private static IReadOnlyList<InstallTarget> Parse(string name, string text, IReadOnlyCollection<string> onlyGroups, ScanFaults faults, VariableFiles? files)
    {
        var inventory = new Inventory(faults);
        if (IsYaml(name, text))
            YamlInventory.Read(name, text, inventory, faults);
        else
            IniInventory.Read(name, text, inventory, faults);
        files?.Read(inventory);
        var targets = new InventoryTargets(inventory, faults).Resolve(onlyGroups);
        faults.ThrowIfAny("nothing was installed");
        if (onlyGroups.FirstOrDefault(only => only != Inventory.All && inventory.Groups.All(group => group.Name != only)) is { } unknown)
            throw CommandFailure.Usage($"{name} has no group \"{unknown}\"", $"it has: {string.Join(", ", inventory.Groups.Select(group => group.Name))}");
        return targets.Count > 0 ? targets : throw CommandFailure.Usage($"{name} contains no hosts", "nothing was installed");
    }

    // By its name; else by its first line that says something: a key, or the beginning of a document.
    private static bool IsYaml(string name, string text)
    {
        if (Path.GetExtension(name) is ".yaml" or ".yml" or ".json")
            return true;
        var first = text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0 && line[0] is not ('#' or ';')) ?? "";
        return Path.GetExtension(name) != ".ini" && (first.StartsWith("---", StringComparison.Ordinal) || first.EndsWith(':') || first[..Math.Min(1, first.Length)] == "{");
    }

    private static string Load(string path)
    {
        try
        {
            if (Directory.Exists(path))
                throw CommandFailure.Usage($"{path} is a directory", "name an inventory file in it");
            if (new FileInfo(path).Length > LargestBytes)
                throw CommandFailure.Usage($"{path} is too large for an inventory", "at most 16 MiB");
            var text = File.ReadAllText(path);
            return !text.StartsWith("#!", StringComparison.Ordinal)
                ? text
                : throw CommandFailure.Usage($"{path} is a program", $"run it and use its output: ansible-inventory -i {path} --list --yaml > hosts.yaml");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Usage($"the inventory {path} cannot be read: {e.Message}");
        }
    }
}
