using Fleet.LogSearch.Clusters;
using Fleet.LogSearch.Files;
using Fleet.LogSearch.Histograms;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests;

public sealed class SummaryTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    [Fact]
    public void Similar_lines_fold_into_templates_with_true_counts_and_an_example()
    {
        var clusters = new LineClusters();
        string[] users = ["root", "deploy", "backup"];
        for (int i = 0; i < 300; i++)
        {
            clusters.Add($"sshd[{i}]: Failed password for {users[i % 3]} from 10.0.0.{i % 250} port {i} ssh2");
            clusters.Add($"kernel: Out of memory: Killed process {i} (java) total-vm:{i}kB");
        }

        clusters.Add("nginx: worker started");

        clusters.Snapshot().Select(cluster => (cluster.Template, cluster.Count)).ShouldBe([
            ("kernel: Out of memory: Killed process <*> (java) <*>", 300L),
            ("sshd[<*> Failed password for <*> from <*> port <*> <*>", 300L),
            ("nginx: worker started", 1L),
        ]);
        clusters.Snapshot()[1].Example.ShouldBe("sshd[0]: Failed password for root from 10.0.0.0 port 0 ssh2");
    }

    [Fact]
    public void Clusters_of_several_hosts_fold_together()
    {
        var first = new LineClusters();
        var second = new LineClusters();
        var fleet = new LineClusters();
        first.Add("disk sda failed on bay 4", 3);
        second.Add("disk sdb failed on bay 5", 4);

        foreach (LogCluster cluster in first.Snapshot().Concat(second.Snapshot()))
        {
            fleet.Add(cluster);
        }

        LogCluster all = fleet.Snapshot().ShouldHaveSingleItem();
        (all.Template, all.Count).ShouldBe(("disk <*> failed on bay <*>", 7L));
    }

    [Fact]
    public void A_flood_of_unlike_lines_stays_within_its_bound_and_loses_no_count()
    {
        var clusters = new LineClusters(mostClusters: 50);
        var random = new Random(1);
        for (int i = 0; i < 5000; i++)
        {
            clusters.Add(string.Join(' ', Enumerable.Range(0, 2 + random.Next(6)).Select(_ => new string((char)('a' + random.Next(26)), 1 + random.Next(8)))));
        }

        IReadOnlyList<LogCluster> snapshot = clusters.Snapshot();
        snapshot.Count.ShouldBeLessThanOrEqualTo(51);
        snapshot.Sum(cluster => cluster.Count).ShouldBe(5000);
    }

    [Fact]
    public void A_histogram_counts_by_time_and_widens_its_bars_when_there_are_too_many()
    {
        var start = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        string path = _scratch.Write("a.log", "stray x\n" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"{start.AddSeconds(i):yyyy-MM-ddTHH:mm:ssZ} x {i}\n")));
        var histogram = new TimeHistogram(TimeSpan.FromSeconds(10), mostBars: 30);

        LogSearcher.Run(new LogQuery { Patterns = [new LogPattern("p", "x")], Times = TimeReading.Always }, [new FileSource(path)], histogram, default);

        (histogram.Bar, histogram.Undated).ShouldBe((TimeSpan.FromSeconds(40), 1L));
        histogram.Snapshot().Count.ShouldBe(25);
        histogram.Snapshot()[0].ShouldBe((start, 40L));
        histogram.Snapshot().Sum(bar => bar.Count).ShouldBe(1000);
    }

    public void Dispose() => _scratch.Dispose();
}
