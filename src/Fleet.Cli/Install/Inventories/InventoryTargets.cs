using Fleet.Cli.Scans.Files;
using Fleet.Protocol;

namespace Fleet.Cli.Install.Inventories;

/// <summary>
/// Works out of an inventory what each host gets: a label for each group that it is in, also by way of a child group; and of
/// each variable the nearest value, in Ansible's order:
/// 1. the host's, in host_vars, then in the inventory itself;
/// 2. that of the deepest group in group_vars (of equals the one with the highest priority, then the last by name), then that of all there;
/// 3. that of the deepest group in the inventory itself, then that of all there.
/// </summary>
internal sealed class InventoryTargets(Inventory inventory, ScanFaults faults)
{
    private readonly Dictionary<InventoryGroup, int> _depths = [];

    /// <summary>The hosts, in the order of the file.</summary>
    /// <param name="onlyGroups">Only hosts in one of these; none: all.</param>
    public IReadOnlyList<InstallTarget> Resolve(IReadOnlyCollection<string> onlyGroups)
    {
        foreach (var group in inventory.Groups)
        {
            if (!group.IsDefined)
                faults.Add(group.At, $"there is no group \"{group.Name}\"", "add a section for it, or remove it here");
            Deepen(group, group.Name == Inventory.All ? 0 : 1, []);
        }

        var groupsOf = inventory.Hosts.ToDictionary(host => host, _ => new HashSet<InventoryGroup>());
        if (faults.All.Count > 0)
            return [];
        foreach (var group in inventory.Groups)
            Spread(group, group, groupsOf, []);
        var targets = new List<InstallTarget>();
        foreach (var (host, groups) in groupsOf)
        {
            if (onlyGroups.Count == 0 || onlyGroups.Contains(Inventory.All) || groups.Any(group => onlyGroups.Contains(group.Name)))
                targets.Add(ToTarget(host, groups));
        }

        return targets;
    }

    private InstallTarget ToTarget(InventoryHost host, HashSet<InventoryGroup> groups)
    {
        var near = Nearest(groups).ToList();
        var settings = new HostSettings();
        foreach (var source in near.Select(group => group.FileSettings).Concat(near.Select(group => group.Settings)).Prepend(host.Settings).Prepend(host.FileSettings))
            settings.Inherit(source);
        var labels = groups.Where(group => group.Name is not (Inventory.All or Inventory.Ungrouped))
            .Select(group => $"{GroupLabel.Key(group.Name)}={GroupLabel.Value}").Distinct().Order(StringComparer.Ordinal).ToList();
        if (labels.Count > Limits.Labels)
            faults.Add(host.At, $"{host.Name} is in {labels.Count} groups", $"an agent has at most {Limits.Labels} labels");
        return new InstallTarget(host.Name, settings.Address ?? host.Name, settings.User, settings.Port, labels) { IdentityFile = settings.IdentityFile };
    }

    /// <summary>The groups whose variables a host has, the nearest first. Only who is in no other group is in `ungrouped`.</summary>
    private IEnumerable<InventoryGroup> Nearest(HashSet<InventoryGroup> groups)
    {
        var named = groups.Where(group => group.Name is not (Inventory.All or Inventory.Ungrouped)).ToList();
        return named
            .Concat(inventory.Groups.Where(group => group.Name == Inventory.All || (named.Count == 0 && group.Name == Inventory.Ungrouped)))
            .OrderByDescending(group => _depths[group])
            .ThenByDescending(group => group.Settings.Priority)
            .ThenByDescending(group => group.Name, StringComparer.Ordinal);
    }

    /// <summary>How far below `all` a group is, by its longest way.</summary>
    private void Deepen(InventoryGroup group, int depth, HashSet<InventoryGroup> above)
    {
        if (!above.Add(group))
        {
            faults.Add(group.At, $"group \"{group.Name}\" is its own child, by way of {string.Join(", ", above.Select(g => g.Name))}", "remove it from one of them");
            return;
        }

        if (!_depths.TryGetValue(group, out var known) || known < depth)
        {
            _depths[group] = depth;
            foreach (var child in group.Children)
                Deepen(child, depth + 1, above);
        }

        above.Remove(group);
    }

    private static void Spread(InventoryGroup group, InventoryGroup source, Dictionary<InventoryHost, HashSet<InventoryGroup>> groupsOf, HashSet<InventoryGroup> seen)
    {
        if (!seen.Add(source))
            return;
        foreach (var host in source.Hosts)
            groupsOf[host].Add(group);
        foreach (var child in source.Children)
            Spread(group, child, groupsOf, seen);
    }
}
