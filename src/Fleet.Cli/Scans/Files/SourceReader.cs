using Fleet.LogSearch;
using Fleet.LogSearch.Matching;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans.Files;

/// <summary>Reads where a scan looks.</summary>
internal sealed class SourceReader(ScanFaults faults)
{
    private const string Forms = "write - file: /var/log/app.log, - journal: unit=nginx.service, - journal or - kernel";
    private static readonly string[] s_keys = ["file", "rotated", "journal", "path", "kernel"];

    public IReadOnlyList<LogSource> Read(YamlNode node)
    {
        var items = node is YamlList list ? list.Items : [node];
        if (items.Count > Protocol.Limits.LogSources)
            faults.Add(node.At, $"{items.Count} sources are too many", $"at most {Protocol.Limits.LogSources}; a glob matches many files");
        return items.Select(ReadOne).OfType<LogSource>().ToList();
    }

    private LogSource? ReadOne(YamlNode node)
    {
        switch (node)
        {
            case YamlScalar { Text: "journal" }:
                return new LogSource { Journal = new JournalLogSource() };
            case YamlScalar { Text: "kernel" }:
                return new LogSource { Kernel = new KernelLogSource() };
            case YamlMap map:
                return Read(new MapReader(map, "a source", s_keys, faults));
            default:
                faults.Add(node.At, node is YamlScalar text ? $"\"{text.Text}\" is not a source" : "a source is missing here", Forms);
                return null;
        }
    }

    private LogSource? Read(MapReader map)
    {
        var kinds = ((string[])["file", "journal", "kernel"]).Where(map.Has).ToList();
        if (kinds.Count != 1)
        {
            faults.Add(map.At, kinds.Count == 0 ? "this source has neither file, journal nor kernel" : $"{string.Join(" and ", kinds)} are separate sources", Forms);
            return null;
        }

        Belongs(map, "rotated", "file", kinds[0]);
        Belongs(map, "path", "journal", kinds[0]);
        return kinds[0] switch
        {
            "file" => File(map),
            "journal" => new LogSource { Journal = new JournalLogSource { Path = Absolute(map.Text("path")), Fields = { Fields(map.Node("journal")!) } } },
            _ => new LogSource { Kernel = new KernelLogSource() },
        };
    }

    private LogSource? File(MapReader map)
    {
        var path = map.Text("file");
        if (path?.Text.EndsWith('/') == true)
            faults.Add(path.At, $"\"{path.Text}\" is a directory", $"name its files: {path.Text}*.log");
        // Rotation is followed unless the file says otherwise: what a scan promises is every line.
        return path is null ? null : new LogSource { Files = new FileLogSource { Path = Absolute(path), Rotated = map.Flag("rotated", otherwise: true) } };
    }

    private List<string> Fields(YamlNode node)
    {
        var fields = new List<string>();
        foreach (var item in node is YamlList list ? list.Items : [node])
        {
            // "journal:" with nothing behind it, and "journal: all", are the whole journal.
            if (item is not YamlScalar text)
                faults.Add(item.At, "a journal's field must be a text", "write journal: unit=nginx.service, or a list of such fields");
            else if (!text.IsEmpty && text.Text != "all")
                fields.Add(FieldText(text, faults));
        }

        return fields;
    }

    /// <summary>Checks a condition on a field.</summary>
    public static string FieldText(YamlScalar text, ScanFaults faults)
    {
        try
        {
            FieldFilter.Parse(text.Text);
        }
        catch (LogQueryException e)
        {
            faults.Add(text.At, e.Message);
        }

        return text.Text;
    }

    private string Absolute(YamlScalar? path)
    {
        if (path is not null && !path.Text.StartsWith('/'))
            faults.Add(path.At, $"\"{path.Text}\" is not an absolute path", "write an absolute path, beginning with /");
        return path?.Text ?? "";
    }

    private void Belongs(MapReader map, string key, string kind, string found)
    {
        if (map.Has(key) && found != kind)
            faults.Add(map.Node(key)!.At, $"\"{key}\" is for {kind}, not for {found}", "remove it");
    }
}
