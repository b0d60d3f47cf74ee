using System.Text;
using Fleet.LogSearch.Files;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests;

/// <summary>A directory of a test's own, gone with it.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("logsearch-").FullName;

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        string path = System.IO.Path.Join(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Searches one file and gives back outcome and lines.</summary>
    public static (SourceOutcome Outcome, IReadOnlyList<LogMatch> Lines) Search(string path, LogQuery query, CancellationToken cancel = default)
    {
        var list = new MatchList();
        SearchOutcome outcome = LogSearcher.Run(query, [new FileSource(path)], list, cancel);
        return (outcome.Sources.ShouldHaveSingleItem(), list.Matches);
    }

    /// <summary>The lines found, as text.</summary>
    public static IEnumerable<string> Lines(string path, LogQuery query) => Search(path, query).Lines.Select(line => line.ToString());
}
