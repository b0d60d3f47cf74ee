using Fleet.Cli.Output;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Hits;

/// <summary>Counts what is shown, and says it at the end.</summary>
internal sealed class HitTally
{
    private readonly HashSet<string> _hosts = new(StringComparer.Ordinal);
    private int _mostHosts;
    private bool _hasUnnamedHosts;

    /// <summary>Lines that are kept one by one.</summary>
    public ulong Hits { get; private set; }

    /// <summary>Lines that are only known by their number.</summary>
    public ulong Summarised { get; private set; }

    public int Gaps { get; private set; }

    public int Hosts => Math.Max(_hosts.Count, _mostHosts);

    public bool Truncated { get; private set; }

    public void Take(SearchHitsReply reply)
    {
        Hits += (ulong)reply.Hits.Count + reply.Clusters.Aggregate(0UL, (sum, cluster) => sum + cluster.Count);
        Summarised += reply.Summaries.Aggregate(0UL, (sum, summary) => sum + summary.Summary.Count);
        Gaps += reply.Gaps.Count;
        Truncated |= reply.Truncated;
        _hosts.UnionWith(reply.Hits.Select(hit => hit.AgentName).Concat(reply.Summaries.Select(summary => summary.AgentName)));
        foreach (var cluster in reply.Clusters)
        {
            _hosts.UnionWith(cluster.Hosts);
            _mostHosts = Math.Max(_mostHosts, (int)cluster.HostCount);
            _hasUnnamedHosts |= cluster.HostCount > cluster.Hosts.Count;
        }
    }

    public void Write(Screen screen)
    {
        var parts = new List<string> { Count(Hits, "hit") };
        if (Summarised > 0)
            parts.Add($"{Count(Summarised, "more line")} counted only");
        if (Hosts > 0)
            parts.Add($"on {(_hasUnnamedHosts ? "at least " : "")}{Count((ulong)Hosts, "host")}");
        var text = string.Join(", ", parts);
        screen.Writer.Flush();
        screen.Err.Write($"{text}");
        if (Gaps > 0)
            screen.Err.Write($"; {TextStyle.Red}{Count((ulong)Gaps, "gap")}: lines lost before they were read");
        screen.Err.WriteLine();
        if (Truncated)
            screen.Note("more hits exist (--limit)");
    }

    private static string Count(ulong number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
