using Fleet.Cli.Results;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Logs;

/// <summary>Who found how much, and who could not search what and why.</summary>
internal sealed class SearchTally
{
    private readonly Dictionary<string, List<string>> _troubles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _limits = new(StringComparer.Ordinal);

    public ulong Matches { get; private set; }

    public ulong ReadBytes { get; private set; }

    public int HostsWithHits { get; private set; }

    public int HostsWithoutHits { get; private set; }

    public int HostsInTrouble { get; private set; }

    /// <summary>What went wrong, each with the hosts where it did; most hosts first.</summary>
    public IEnumerable<(string Reason, string Hosts, int Count)> Troubles => Folded(_troubles);

    /// <summary>Limits that ended a search early, each with the hosts where it did.</summary>
    public IEnumerable<(string Limit, string Hosts, int Count)> Limits => Folded(_limits);

    public void Take(string host, TaskEnded ended, IReadOnlyList<LogResult> results, bool outputRemoved)
    {
        var end = results.Count > 0 ? results[^1].End : null;
        var matches = end?.Matches ?? results.Aggregate(0UL, (sum, result) => sum + (result.SourceEnd?.Matches ?? 0));
        Matches += matches;
        ReadBytes += end?.ReadBytes ?? 0;
        var faults = results.Where(result => result.SourceEnd is { Error.Length: > 0 }).Select(result => $"{result.SourceEnd.Source}: {result.SourceEnd.Error}").ToList();
        if (outputRemoved)
            faults.Add("its results were removed by retention");
        else if (end is null)
            faults.Add(TaskSentence.Whole(ended));
        foreach (var fault in faults)
            Note(_troubles, fault, host);
        if (end is { Limit.Length: > 0 })
            Note(_limits, end.Limit, host);

        // What lies behind a limit of bytes or processor time nobody has looked at.
        var isWhole = faults.Count == 0 && end is not { Limit: "bytes" or "cpu" };
        if (matches > 0)
            HostsWithHits++;
        else if (isWhole)
            HostsWithoutHits++;
        if (!isWhole)
            HostsInTrouble++;
    }

    private static void Note(Dictionary<string, List<string>> notes, string what, string host)
    {
        if (!notes.TryGetValue(what, out var hosts))
            notes[what] = hosts = [];
        hosts.Add(host);
    }

    private static IEnumerable<(string What, string Hosts, int Count)> Folded(Dictionary<string, List<string>> notes) => notes
        .OrderByDescending(note => note.Value.Count).ThenBy(note => note.Key, StringComparer.Ordinal)
        .Select(note => (note.Key, NodeSet.Fold(note.Value), note.Value.Count));
}
