using Fleet.LogSearch.Files;
using Fleet.LogSearch.Journal;
using Fleet.LogSearch.Kernel;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Agent.Searching;

/// <summary>What a source on the wire is on this host.</summary>
internal static class SearchSources
{
    /// <summary>The sources that it stands for here.</summary>
    /// <exception cref="LogSearch.LogQueryException">It stands for none.</exception>
    public static IReadOnlyList<LogSource> Resolve(V1.LogSource source) => source.SourceCase switch
    {
        V1.LogSource.SourceOneofCase.Files => FileSet.Resolve(source.Files.Path, source.Files.Rotated ? Rotation.Followed : Rotation.Ignored),
        V1.LogSource.SourceOneofCase.Journal => [source.Journal.Path.Length == 0 ? new JournalSource() : new JournalSource(source.Journal.Path)],
        _ => [new KernelSource()],
    };

    /// <summary>The conditions on a journal's fields.</summary>
    public static IReadOnlyList<FieldFilter> JournalFields(V1.LogSource source) =>
        source.Journal is { } journal ? LogMessages.Fields(journal.Fields) : [];

    /// <summary>What it is called when it stands for nothing.</summary>
    public static string NameOf(V1.LogSource source) => source.SourceCase switch
    {
        V1.LogSource.SourceOneofCase.Files => source.Files.Path,
        V1.LogSource.SourceOneofCase.Journal => source.Journal.Path.Length == 0 ? "journal" : source.Journal.Path,
        _ => "kernel",
    };
}
