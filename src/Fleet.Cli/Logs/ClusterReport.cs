using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Fleet.LogSearch.Clusters;
using Fleet.Protocol.V1;
using LogCluster = Fleet.LogSearch.Clusters.LogCluster;

namespace Fleet.Cli.Logs;

/// <summary>Similar lines of all hosts folded into templates, the most frequent first.</summary>
internal sealed class ClusterReport(Screen screen, int top) : ISearchReport
{
    private const int MostTemplates = 2000;

    private readonly LineClusters _clusters = new(MostTemplates);

    public void Take(string host, IReadOnlyList<LogResult> results)
    {
        foreach (var cluster in results.Select(result => result.Clusters).OfType<Fleet.Protocol.V1.LogClusters>().SelectMany(clusters => clusters.Clusters))
        {
            var folded = new LogCluster(cluster.Template, (long)Math.Min(cluster.Count, long.MaxValue), cluster.Example.ToStringUtf8(), LineTime.Known(cluster.FirstUs), LineTime.Known(cluster.LastUs)) { Origins = [host] };
            _clusters.Add(folded);
        }
    }

    public void Finish(JobView job, SearchTally tally, TimeSpan elapsed)
    {
        ClusterList.Write(screen, [.. _clusters.Snapshot().Select(Row)], top);
        SearchSummary.Write(screen, job, tally, elapsed);
    }

    private static ClusterRow Row(LogCluster cluster) =>
        new((ulong)cluster.Count, cluster.Template, cluster.Example, cluster.First, cluster.Last, cluster.Origins, cluster.Origins.Count);
}
