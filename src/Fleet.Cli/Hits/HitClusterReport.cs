using Fleet.Cli.Logs;
using Fleet.Cli.Output;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Hits;

/// <summary>Kinds of lines with their true numbers, the most frequent first; lines that were only counted are among them.</summary>
internal sealed class HitClusterReport(Screen screen) : IHitReport
{
    private readonly List<LogCluster> _clusters = [];
    private readonly List<StoredGap> _gaps = [];
    private readonly HitTally _tally = new();

    public void Take(SearchHitsReply reply)
    {
        _tally.Take(reply);
        _gaps.AddRange(reply.Gaps);
        _clusters.AddRange(reply.Clusters);
    }

    public void Finish()
    {
        ClusterList.Write(screen, [.. _clusters.OrderByDescending(cluster => cluster.Count).Select(Row)], top: 0);
        foreach (var gap in _gaps)
            GapLine.Write(screen, gap);
        _tally.Write(screen);
    }

    private static ClusterRow Row(LogCluster cluster) => new(
        cluster.Count, cluster.Template, cluster.Example.ToStringUtf8(), LineTime.Known(cluster.FirstUs), LineTime.Known(cluster.LastUs), cluster.Hosts,
        (int)Math.Min(cluster.HostCount, int.MaxValue));
}
