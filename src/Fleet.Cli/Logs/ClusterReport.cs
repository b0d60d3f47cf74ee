using System.Globalization;
using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Fleet.LogSearch.Clusters;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;
using Spectre.Console;
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
            var folded = new LogCluster(cluster.Template, (long)Math.Min(cluster.Count, long.MaxValue), cluster.Example.ToStringUtf8(), TimeOf(cluster.FirstUs), TimeOf(cluster.LastUs)) { Origins = [host] };
            _clusters.Add(folded);
        }
    }

    public void Finish(JobView job, SearchTally tally, TimeSpan elapsed)
    {
        var clusters = _clusters.Snapshot();
        foreach (var cluster in top > 0 ? clusters.Take(top) : clusters)
        {
            var hosts = cluster.Origins.Count == 1 ? cluster.Origins.First() : $"{NodeSet.Fold(cluster.Origins)} ({cluster.Origins.Count})";
            screen.Out.MarkupInterpolated($"[yellow bold]{cluster.Count.ToString(CultureInfo.InvariantCulture),8}[/]  [green]{hosts}[/]{Span(cluster)}");
            screen.Writer.WriteLine();
            Indented("", cluster.Count == 1 ? cluster.Example : cluster.Template);
            if (cluster.Count > 1 && cluster.Template != cluster.Example)
                Indented("e.g. ", cluster.Example);
        }

        if (top > 0 && clusters.Count > top)
            screen.Note($"{clusters.Count - top} more kinds of lines (--top)");
        SearchSummary.Write(screen, job, tally, elapsed);
    }

    private void Indented(string label, string text) =>
        screen.Writer.WriteLine($"          {label}{HostText.Decode(System.Text.Encoding.UTF8.GetBytes(text), screen.OutIsTerminal)}");

    private static string Span(LogCluster cluster) => (cluster.First, cluster.Last) switch
    {
        ({ } first, { } last) when first != last => $"  {Text(first)} to {Text(last)}",
        ({ } first, _) => $"  {Text(first)}",
        _ => "",
    };

    private static string Text(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static DateTimeOffset? TimeOf(long us) =>
        us is > 0 and < 200_000_000_000_000_000 / TimeSpan.TicksPerMicrosecond ? DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond) : null;
}
