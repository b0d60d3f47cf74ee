using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans.Files;

/// <summary>Reads when hits become an alert and who hears of it.</summary>
internal sealed class AlertReader(ScanFaults faults)
{
    private static readonly string[] s_keys = ["count", "window", "for", "group", "resolve_after", "severity", "quiet_hours", "notify"];

    private static readonly KeyValuePair<string, AlertRule.Types.Grouping>[] s_groups =
    [
        new("host", AlertRule.Types.Grouping.Host), new("fleet", AlertRule.Types.Grouping.Fleet), new("template", AlertRule.Types.Grouping.Template),
    ];

    private const int MostQuietHours = 32;
    private const int MostChannels = 16;
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_longestQuiet = TimeSpan.FromDays(30);

    /// <summary>A rule; `off` for none.</summary>
    /// <param name="node">What stands under `alert`.</param>
    /// <param name="mentions">Gets the channels named, to be looked for once all files are read.</param>
    public AlertRule Read(YamlNode node, ICollection<YamlScalar> mentions)
    {
        if (node is YamlScalar { Text: "off" })
            return new AlertRule { Disabled = true };
        if (node is not YamlMap entries)
        {
            faults.Add(node.At, "\"alert\" must be a rule or off", "write alert: {count: 1, notify: [ops]}, or alert: off");
            return new AlertRule();
        }

        var map = new MapReader(entries, "an alert rule", s_keys, faults);
        var rule = new AlertRule
        {
            Count = (ulong)(map.Number("count", 1, 1_000_000_000) ?? 1),
            WindowMs = Ms(map.Duration("window", s_second, s_day)),
            ForMs = Ms(map.Duration("for", TimeSpan.Zero, s_day)),
            Grouping = map.Word("group", s_groups, AlertRule.Types.Grouping.Host),
            ResolveAfterMs = Ms(map.Duration("resolve_after", s_second, s_longestQuiet)),
            Severity = map.Word("severity", PatternReader.Severities, Severity.Unspecified),
        };
        foreach (var span in map.Texts("quiet_hours"))
        {
            if (QuietHoursText.Check(span.Text) is { } error)
                faults.Add(span, "invalid quiet hours", error);
            rule.QuietHours.Add(span.Text);
        }

        AtMost(map, "quiet_hours", MostQuietHours);
        AtMost(map, "notify", MostChannels);
        foreach (var channel in map.Texts("notify"))
        {
            if (rule.Notify.Contains(channel.Text))
                faults.Add(channel.At, $"channel \"{channel.Text}\" is listed twice", "list each once");
            mentions.Add(channel);
            rule.Notify.Add(channel.Text);
        }

        return rule;
    }

    private void AtMost(MapReader map, string key, int most)
    {
        if (map.Texts(key).Count > most)
            faults.Add(map.Node(key)!.At, $"\"{key}\" has {map.Texts(key).Count} entries", $"at most {most}");
    }

    private static long Ms(TimeSpan? duration) => (long)(duration ?? TimeSpan.Zero).TotalMilliseconds;
}
