using Fleet.Cli.Logs;
using Fleet.Cli.Output;
using Fleet.Protocol.V1;
using LogCluster = Fleet.LogSearch.Clusters.LogCluster;

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
        _clusters.AddRange(reply.Clusters.Select(cluster => new LogCluster(cluster.Template, (long)Math.Min(cluster.Count, long.MaxValue),
            cluster.Example.ToStringUtf8(), LineTime.Known(cluster.FirstUs), LineTime.Known(cluster.LastUs))));
    }

    public void Finish()
    {
        ClusterList.Write(screen, [.. _clusters.OrderByDescending(cluster => cluster.Count)], top: 0);
        foreach (var gap in _gaps)
            GapLine.Write(screen, gap);
        _tally.Write(screen);
    }
}
