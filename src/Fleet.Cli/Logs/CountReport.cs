using System.Globalization;
using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Logs;

/// <summary>How many lines on which host; hosts with the same numbers stand together.</summary>
internal sealed class CountReport(Screen screen, SearchLogs search, int top) : ISearchReport
{
    private readonly Dictionary<string, (ulong[] Numbers, List<string> Hosts)> _groups = new(StringComparer.Ordinal);

    // A line may match several patterns: with one there is nothing to tell apart.
    private readonly bool _byPattern = search.Patterns.Count > 1;

    public void Take(string host, IReadOnlyList<LogResult> results)
    {
        if (results.Count == 0 || results[^1].End is not { } end)
            return;
        var numbers = new ulong[1 + (_byPattern ? search.Patterns.Count : 0)];
        numbers[0] = end.Matches;
        foreach (var counts in results.Select(result => result.Counts).OfType<LogCounts>())
        {
            for (var i = 1; i < numbers.Length && i <= counts.ByPattern.Count; i++)
                numbers[i] += counts.ByPattern[i - 1];
        }

        var key = string.Join(' ', numbers);
        if (!_groups.TryGetValue(key, out var group))
            _groups[key] = group = (numbers, []);
        group.Hosts.Add(host);
    }

    public void Finish(JobView job, SearchTally tally, TimeSpan elapsed)
    {
        var groups = _groups.Values.OrderByDescending(group => group.Numbers[0]).ThenBy(group => group.Hosts[0], StringComparer.Ordinal).ToList();
        string[] columns = ["LINES", .. _byPattern ? search.Patterns.Select(NameOf) : [], "HOSTS"];
        if (groups.Count > 0)
            TableText.Write(screen, columns, (top > 0 ? groups.Take(top) : groups).Select(Row));
        SearchSummary.Write(screen, job, tally, elapsed);
    }

    private static string[] Row((ulong[] Numbers, List<string> Hosts) group)
    {
        var more = group.Hosts.Count == 1 ? "" : $" ({group.Hosts.Count})";
        return [.. group.Numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)), NodeSet.Fold(group.Hosts) + more];
    }

    private static string NameOf(LogPattern pattern) => pattern.Name.Length > 0 ? pattern.Name : pattern.Text;
}
