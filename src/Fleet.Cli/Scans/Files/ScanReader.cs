using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans.Files;

/// <summary>Reads one scan.</summary>
internal sealed class ScanReader(ScanFaults faults)
{
    private static readonly string[] s_keys =
    [
        "name", "description", "target", "sources", "patterns", "not", "json", "record_start", "encoding", "every", "first_run", "limits", "alert", "retention",
    ];

    private static readonly KeyValuePair<string, LogEncoding>[] s_encodings = [new("utf-8", LogEncoding.Utf8), new("latin1", LogEncoding.Latin1)];
    private const int LongestDescription = 1024;
    private const int MostJsonFields = 32;
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly PatternReader _patterns = new(faults);
    private readonly SourceReader _sources = new(faults);
    private readonly AlertReader _alerts = new(faults);

    /// <summary>A scan and the place of its name; null where it has none.</summary>
    /// <param name="node">The scan.</param>
    /// <param name="changes">What an include puts in the place of the file's own.</param>
    /// <param name="mentions">Gets the channels named.</param>
    public (ScanDefinition Scan, YamlScalar Name)? Read(YamlNode node, IncludeChanges changes, ICollection<YamlScalar> mentions)
    {
        if (node is not YamlMap entries)
        {
            faults.Add(node.At, "a scan must be keys and values", "write - name: oom, and under it target:, sources: and patterns:");
            return null;
        }

        var map = new MapReader(entries, "a scan", s_keys, faults);
        map.Required("name", "hits, alerts and commands name the scan by it");
        var order = new ScanOrder();
        var scan = new ScanDefinition
        {
            Description = Description(map.Text("description")),
            Target = Target(changes.Target ?? (map.Required("target", "write target: role=web, or target: '*' for every host") is null ? null : map.Text("target"))),
            Order = order,
            RetentionMs = Ms(map.Duration("retention", TimeSpan.FromHours(1), TimeSpan.FromDays(3650))),
        };
        if ((changes.Sources ?? map.Required("sources", "where to search: a list of - file:, - journal: and - kernel")) is { } sources)
            order.Sources.AddRange(_sources.Read(sources));
        Patterns(map, order);
        if (map.Texts("json").Count > MostJsonFields)
            faults.Add(map.Node("json")!.At, $"{map.Texts("json").Count} conditions are too many", $"at most {MostJsonFields}");
        order.JsonFields.AddRange(map.Texts("json").Select(field => SourceReader.FieldText(field, faults)));
        order.Encoding = map.Word("encoding", s_encodings, LogEncoding.Utf8);
        order.RecordStart = map.Node("record_start") is { } start ? _patterns.Read(start) : null;
        order.EveryMs = Every(map);
        order.FirstRunLines = FirstRun(map.Text("first_run"));
        order.HitsPerMinute = HitsPerMinute(map.Node("limits"));
        scan.Alert = map.Node("alert") is { } alert ? _alerts.Read(alert, changes.Notify is null ? mentions : []) : new AlertRule { Count = 1, Grouping = AlertRule.Types.Grouping.Host };
        changes.Notify?.Put(scan.Alert, mentions);
        if (map.Text("name") is not { } name)
            return null;
        ScanName.Check(name, "a scan's name", faults);
        scan.Name = name.Text;
        return (scan, name);
    }

    private string Description(YamlScalar? text)
    {
        if (text?.Text.Length > LongestDescription)
            faults.Add(text.At, $"the description is too long ({text.Text.Length} characters)", $"at most {LongestDescription}");
        // One line, as lists show it: a description written over several lines of a file is none the less one.
        return string.Join(' ', (text?.Text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private string Target(YamlScalar? text)
    {
        if (text is not null && !Protocol.Targets.Target.TryParse(text.Text, out _, out var error))
            faults.Add(text, "\"target\" cannot be read", error!);
        return text?.Text ?? "";
    }

    private void Patterns(MapReader map, ScanOrder order)
    {
        if (map.Required("patterns", "what to search for: a list of - name: and regex: or text:") is { } patterns)
        {
            var items = patterns is YamlList list ? list.Items : [patterns];
            if (items.Count is 0 or > Protocol.Limits.LogPatterns)
                faults.Add(patterns.At, $"a scan of {items.Count} patterns", $"give 1 to {Protocol.Limits.LogPatterns}; with more make several scans");
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var item in items)
            {
                if (_patterns.ReadScanPattern(item) is not { } pattern)
                    continue;
                order.Patterns.Add(pattern);
                if (!names.Add(pattern.Pattern.Name.Length > 0 ? pattern.Pattern.Name : pattern.Pattern.Text))
                    faults.Add(item.At, $"a pattern with the name \"{pattern.Pattern.Name}\" is already defined in this scan", "pattern names must be unique within a scan");
            }
        }

        if (map.Node("not") is { } not)
            order.Exclude.AddRange((not is YamlList list ? list.Items : [not]).Select(_patterns.Read).OfType<LogPattern>());
    }

    private static long Every(MapReader map) =>
        map.Text("every") is not { Text: not "continuous" } text ? 0 : Ms(map.AsDuration("every", text, s_second, TimeSpan.FromDays(30)));

    private uint FirstRun(YamlScalar? text)
    {
        switch (text?.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            case null or ["now"]:
                return 0;
            case ["last", var number, "line" or "lines"] when uint.TryParse(number, out var lines) && lines is > 0 and <= 1_000_000:
                return lines;
            default:
                faults.Add(text!.At, $"\"first_run\" cannot be \"{text.Text}\"", "write now (only new lines), or last 1000 lines");
                return 0;
        }
    }

    private uint HitsPerMinute(YamlNode? node)
    {
        switch (node)
        {
            case null:
                return 0;
            case YamlMap map:
                return (uint)(new MapReader(map, "limits", ["hits_per_minute"], faults).Number("hits_per_minute", 1, 1_000_000) ?? 0);
            default:
                faults.Add(node.At, "\"limits\" must be keys and values", "write limits: {hits_per_minute: 600}");
                return 0;
        }
    }

    private static long Ms(TimeSpan? duration) => (long)(duration ?? TimeSpan.Zero).TotalMilliseconds;
}
