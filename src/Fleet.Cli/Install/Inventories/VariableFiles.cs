using Fleet.Cli.Scans.Files;

namespace Fleet.Cli.Install.Inventories;

/// <summary>
/// Reads the files of variables beside an inventory, as Ansible's host_group_vars does: <c>group_vars/NAME</c> and <c>host_vars/NAME</c>,
/// where there is none by that name with <c>.yml</c>, <c>.yaml</c> or <c>.json</c> behind it; of a directory all files, by name, the later
/// ones over the earlier.
/// </summary>
internal sealed class VariableFiles(string directory, Action<string> note, ScanFaults faults)
{
    private const long LargestBytes = 16 * 1024 * 1024;
    private const int Deepest = 16;
    private const string Encrypted = "$ANSIBLE_VAULT;";

    // In this order: the first one that is there counts.
    private static readonly string[] s_extensions = ["", ".yml", ".yaml", ".json"];

    /// <summary>Reads those of all groups and hosts.</summary>
    /// <exception cref="CommandFailure">A file cannot be read.</exception>
    public void Read(Inventory inventory)
    {
        try
        {
            if (Directory.Exists(Path.Combine(directory, "group_vars")))
            {
                // Every inventory has these two, whether it names them or not.
                foreach (var name in inventory.Groups.Select(group => group.Name).Append(Inventory.All).Append(Inventory.Ungrouped).Distinct().ToList())
                {
                    if (Find("group_vars", name) is { } path)
                        ReadAll(path, inventory.Group(name, new YamlPlace(path, 1, 1), isDefinition: false).FileSettings, 0);
                }
            }

            if (Directory.Exists(Path.Combine(directory, "host_vars")))
            {
                foreach (var host in inventory.Hosts)
                {
                    if (Find("host_vars", host.Name) is { } path)
                        ReadAll(path, host.FileSettings, 0);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Usage($"the variables beside the inventory cannot be read: {e.Message}");
        }
    }

    // Names of hosts and groups have no slash; these two would be the directories themselves.
    private string? Find(string kind, string name) => name is "." or ".." || name.Contains('/', StringComparison.Ordinal)
        ? null
        : s_extensions.Select(extension => Path.Combine(directory, kind, name + extension)).FirstOrDefault(Path.Exists);

    private void ReadAll(string path, HostSettings settings, int depth)
    {
        if (!Directory.Exists(path))
        {
            ReadFile(path, settings);
            return;
        }

        if (depth == Deepest)
            throw CommandFailure.Usage($"{path} is more than {Deepest} directories deep", "check for a symbolic link that forms a loop");
        foreach (var entry in Directory.EnumerateFileSystemEntries(path).Order(StringComparer.Ordinal).Where(IsTaken))
            ReadAll(entry, settings, depth + 1);
    }

    // Hidden files and editors' backups are not, nor directories with a dot in their names.
    private static bool IsTaken(string entry)
    {
        var name = Path.GetFileName(entry);
        return name[0] != '.' && name[^1] != '~' && (Directory.Exists(entry) ? Path.GetExtension(name).Length == 0 : s_extensions.Contains(Path.GetExtension(name)));
    }

    private void ReadFile(string path, HostSettings settings)
    {
        if (new FileInfo(path).Length > LargestBytes)
            throw CommandFailure.Usage($"{path} is too large for variables", "at most 16 MiB");
        var text = File.ReadAllText(path);
        if (text.StartsWith(Encrypted, StringComparison.Ordinal))
        {
            note($"{path} is encrypted with Ansible Vault and was not read: if it contains connection variables, use the output of `ansible-inventory --list --yaml`");
            return;
        }

        foreach (var document in YamlFile.Read(path, text, faults))
        {
            if (document is YamlMap variables)
                settings.Take(variables, faults);
            else if (document is not YamlScalar { IsEmpty: true })
                faults.Add(document.At, "a variables file must contain keys and values", "write NAME: VALUE");
        }
    }
}
