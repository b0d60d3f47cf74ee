using Fleet.Cli.Scans.Files;

namespace Fleet.Cli.Tests.Scans;

/// <summary>Scan files in a directory of their own, gone afterwards.</summary>
internal sealed class SomeScans : IDisposable
{
    /// <summary>A scan that is well, to be put beside others.</summary>
    public const string Well = """
        scans:
          - name: oom
            target: '*'
            sources: [kernel]
            patterns: ['oom=Out of memory']
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fleet-scans-");

    public string Folder => _directory.FullName;

    public ScanFaults Faults { get; } = new();

    /// <summary>Writes a file.</summary>
    public string Put(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Reads files and directories.</summary>
    public ScanFileSet Read(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, ISet<string>? unset = null) =>
        new ScanFileReader(Faults, new EnvironmentText(name => environment?.GetValueOrDefault(name), Faults, unset), TextReader.Null).Read(arguments);

    /// <summary>Reads one file; what is wrong as "line:column message", without the file's name.</summary>
    public static IReadOnlyList<string> FaultsOf(string text)
    {
        using var scans = new SomeScans();
        var file = scans.Put("scans.yaml", text);
        scans.Read([file]);
        return [.. scans.Faults.All.Select(fault => $"{fault.At.Line}:{fault.At.Column} {fault.Message}")];
    }

    /// <summary>Reads one file that must be well.</summary>
    public static ScanFileSet SetOf(string text)
    {
        using var scans = new SomeScans();
        var set = scans.Read([scans.Put("scans.yaml", text)]);
        scans.Faults.ThrowIfAny();
        return set;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
