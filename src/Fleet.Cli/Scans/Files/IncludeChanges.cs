using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans.Files;

/// <summary>What an include puts in the place of what the included file says; null: the file's own.</summary>
/// <param name="Target">The target of every scan.</param>
/// <param name="Sources">The sources of every scan.</param>
/// <param name="Notify">The channels of every alert rule.</param>
internal sealed record IncludeChanges(YamlScalar? Target, YamlNode? Sources, NotifyChange? Notify)
{
    private static readonly string[] s_keys = ["file", "pack", "target", "sources", "notify"];

    /// <summary>None.</summary>
    public static IncludeChanges None { get; } = new(null, null, null);

    /// <summary>What was included, and the changes on top of those of the file that includes it.</summary>
    public static (YamlScalar Name, IncludeChanges Changes)? Read(YamlNode node, IncludeChanges outer, ScanFaults faults)
    {
        if (node is YamlScalar { IsEmpty: false } plain)
            return (plain, outer);
        if (node is not YamlMap entries)
        {
            faults.Add(node.At, "an include must name a file or a pack", "write - packs/web.yaml, - pack:kernel, or - pack: nginx with target:, sources: or notify: below");
            return null;
        }

        var map = new MapReader(entries, "an include", s_keys, faults);
        if (map.Has("file") == map.Has("pack"))
            faults.Add(map.At, "an include names one file or one pack", "write - file: packs/web.yaml or - pack: kernel");
        var notify = map.Has("notify") ? new NotifyChange(map.Texts("notify")) : null;
        var changes = new IncludeChanges(outer.Target ?? map.Text("target"), outer.Sources ?? map.Node("sources"), outer.Notify ?? notify);
        return map.Text("file") is { } file ? (file, changes)
            : map.Text("pack") is { } pack ? (new YamlScalar(pack.At, Packs.Prefix + pack.Text, isQuoted: false, ""), changes)
            : null;
    }
}

/// <summary>Other channels for alert rules.</summary>
internal sealed record NotifyChange(IReadOnlyList<YamlScalar> Channels)
{
    /// <summary>Puts them into a rule; who raises no alerts still does not.</summary>
    public void Put(AlertRule rule, ICollection<YamlScalar> mentions)
    {
        rule.Notify.Clear();
        rule.Notify.AddRange(Channels.Select(channel => channel.Text));
        foreach (var channel in Channels)
            mentions.Add(channel);
    }
}
