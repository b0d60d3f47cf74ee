using Fleet.Protocol.Identifiers;

namespace Fleet.Cli.Install.Inventories;

/// <summary>The label that says that a host is in a group: <c>group.NAME=yes</c>, a label for each group, since a host is in many.</summary>
internal static class GroupLabel
{
    /// <summary>What the label's value is.</summary>
    public const string Value = "yes";

    /// <summary>The label's key. Keys have no capital letters.</summary>
    public static string Key(string group) => "group." + group.ToLowerInvariant();

    /// <summary>Why a group cannot become a label; null where it can.</summary>
    public static string? Fault(string group) => LabelKey.TryParse(Key(group), out _, out var error) ? null : error!.Message;
}
