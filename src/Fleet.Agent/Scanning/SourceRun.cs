using Fleet.Agent.Scanning.Orders;
using Fleet.Agent.Searching;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Scanning;

/// <summary>A source of a scan, which may stand for several files.</summary>
/// <param name="name">Names it within its scan, also where it stands for nothing.</param>
/// <param name="source">As it was ordered.</param>
internal sealed class SourceRun(string name, LogSource source)
{
    public string Name { get; } = name;

    public LogSource Source { get; } = source;

    public List<FollowedLog> Logs { get; } = [];

    /// <summary>Why it stands for nothing; empty when it does.</summary>
    public string Fault { get; set; } = "";

    /// <summary>The sources of a scan, each once, under names of their own: the journal may be there several times with other conditions.</summary>
    public static IReadOnlyList<SourceRun> Of(CheckedScan scan)
    {
        var sources = new List<SourceRun>();
        foreach (var source in scan.Sources.Distinct())
        {
            var name = SearchSources.NameOf(source);
            var alike = sources.Count(known => SearchSources.NameOf(known.Source) == name);
            sources.Add(new SourceRun(alike == 0 ? name : $"{name} ({alike + 1})", source));
        }

        return sources;
    }
}
