using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans.Files;

/// <summary>Reads scan files, directories of them and packs, and what they include.</summary>
internal sealed class ScanFileReader(ScanFaults faults, EnvironmentText environment, TextReader standardInput)
{
    private const int LargestFile = 4 * 1024 * 1024;
    private const string StandardInput = "(standard input)";
    private static readonly string[] s_keys = ["scans", "channels", "include"];

    private readonly ScanReader _scans = new(faults);
    private readonly ChannelReader _channels = new(faults, environment);
    private readonly Dictionary<string, (ScanDefinition Scan, YamlPlace At)> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (NotificationChannel Channel, YamlPlace At)> _channelsByName = new(StringComparer.Ordinal);
    private readonly List<YamlScalar> _mentions = [];
    private readonly HashSet<(string, IncludeChanges)> _read = [];

    /// <summary>Reads what was named on the command line.</summary>
    public ScanFileSet Read(IEnumerable<string> arguments)
    {
        foreach (var argument in arguments)
        {
            var at = new YamlPlace(argument, 1, 1);
            if (argument == "-")
                ReadText(StandardInput, ".", standardInput.ReadToEnd(), IncludeChanges.None);
            else if (Directory.Exists(argument))
                ReadDirectory(argument);
            else
                ReadNamed(argument, argument, at, IncludeChanges.None);
        }

        return new ScanFileSet([.. _byName.Values.Select(v => v.Scan)], [.. _channelsByName.Values.Select(v => v.Channel)], _mentions, _read.Count);
    }

    private void ReadDirectory(string directory)
    {
        var files = Directory.GetFiles(directory).Where(file => Path.GetExtension(file) is ".yaml" or ".yml").Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
            faults.Add(new YamlPlace(directory, 1, 1), "this directory has no scan files", "their names end in .yaml or .yml");
        foreach (var file in files)
            ReadNamed(file, file, new YamlPlace(file, 1, 1), IncludeChanges.None);
    }

    /// <summary>Reads a file or pack.</summary>
    /// <param name="name">As it was named.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="at">Where it was named.</param>
    /// <param name="changes">What is put in the place of its own.</param>
    private void ReadNamed(string name, string path, YamlPlace at, IncludeChanges changes)
    {
        if (name.StartsWith(Packs.Prefix, StringComparison.Ordinal))
        {
            var pack = name[Packs.Prefix.Length..];
            if (Packs.Read(pack) is { } text)
                ReadText(name, ".", text, changes);
            else
                faults.Add(at, $"there is no pack \"{pack}\"", Nearest.Hint(pack, Packs.Names));
            return;
        }

        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > LargestFile)
                faults.Add(at, $"{name} has {file.Length} bytes", "a scan file has at most 4 MiB");
            else
                ReadText(path, Path.GetDirectoryName(path) ?? ".", File.ReadAllText(path), changes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(at, $"{name} cannot be read: {(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message)}", at.File == name ? "" : "includes are relative to the file that names them");
        }
    }

    private void ReadText(string file, string directory, string text, IncludeChanges changes)
    {
        // What is included twice in the same manner is there once; so nothing can include itself for ever.
        if (!_read.Add((Path.GetFullPath(file), changes)))
            return;
        var documents = YamlFile.Read(file, text, faults);
        if (documents.Count == 0 && !faults.All.Any(fault => fault.At.File == file))
            faults.Add(new YamlPlace(file, 1, 1), "this file is empty", "it has scans:, channels: or include:");
        foreach (var document in documents)
        {
            if (document is YamlMap map)
                ReadDocument(new MapReader(map, "a scan file", s_keys, faults), directory, changes);
            else
                faults.Add(document.At, "a scan file is keys and values", "it has scans:, channels: or include:");
        }
    }

    private void ReadDocument(MapReader document, string directory, IncludeChanges changes)
    {
        foreach (var item in Items(document, "include"))
        {
            if (IncludeChanges.Read(item, changes, faults) is var (name, included))
                ReadNamed(name.Text, Path.Combine(directory, name.Text), name.At, included);
        }

        foreach (var item in Items(document, "channels"))
        {
            if (_channels.Read(item) is var (channel, name))
                Keep(_channelsByName, name, channel, "channel");
        }

        foreach (var item in Items(document, "scans"))
        {
            if (_scans.Read(item, changes, _mentions) is var (scan, name))
                Keep(_byName, name, scan, "scan");
        }
    }

    private IReadOnlyList<YamlNode> Items(MapReader document, string key)
    {
        switch (document.Node(key))
        {
            case null or YamlScalar { IsEmpty: true }:
                return [];
            case YamlList list:
                return list.Items;
            case var other:
                faults.Add(other.At, $"\"{key}\" must be a list", $"begin each with a dash: {key}: and below - ...");
                return [];
        }
    }

    private void Keep<T>(Dictionary<string, (T Value, YamlPlace At)> known, YamlScalar name, T value, string what)
    {
        if (known.TryGetValue(name.Text, out var first))
            faults.Add(name.At, $"a {what} with the name \"{name.Text}\" is already defined at {first.At}", "names must be unique across all files");
        else
            known[name.Text] = (value, name.At);
    }
}
