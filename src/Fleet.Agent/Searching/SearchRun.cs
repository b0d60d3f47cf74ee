using Fleet.LogSearch;
using Fleet.LogSearch.Clusters;
using Fleet.LogSearch.Histograms;
using Fleet.LogSearch.Priority;
using Fleet.LogSearch.Searching;
using Fleet.Protocol.V1;
using LogCluster = Fleet.Protocol.V1.LogCluster;
using LogSource = Fleet.Protocol.V1.LogSource;

namespace Fleet.Agent.Searching;

/// <summary>One search on the searching thread: source after source, results to the queue.</summary>
internal sealed class SearchRun(SearchOrder order, ResultQueue queue, long resultBytes, TimeProvider time)
{
    private readonly DateTimeOffset _now = time.GetUtcNow();
    private readonly LogSearchEnd _end = new();
    private readonly long[] _byPattern = new long[order.Query.Patterns.Count];
    private TimeSpan _cpuBefore;
    private int _faults;

    public (LogSearchEnd End, int Faults) Run(CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        _cpuBefore = ThreadCpu.Used();
        using var full = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var lines = new LineSink(queue, resultBytes, full);
        var clusters = new LineClusters();
        var histogram = new TimeHistogram(order.BucketAt(_now));
        IMatchSink sink = order.Output switch
        {
            LogOutput.Count => NoSink.Instance,
            LogOutput.Histogram => histogram,
            LogOutput.Clusters => new ClusterSink(clusters),
            _ => lines,
        };

        foreach (var source in order.Sources)
        {
            Search(source, sink, lines, full.Token);
            cancel.ThrowIfCancellationRequested();
        }

        lines.Flush();
        if (lines.IsFull)
            _end.Limit = "results";
        Sum(clusters, histogram);
        _end.CpuUs = (long)(ThreadCpu.Used() - _cpuBefore).TotalMicroseconds;
        _end.WallUs = (long)time.GetElapsedTime(began).TotalMicroseconds;
        queue.Put(new LogResult { End = _end });
        return (_end, _faults);
    }

    private void Search(LogSource source, IMatchSink sink, LineSink lines, CancellationToken cancel)
    {
        SearchOutcome outcome;
        try
        {
            var query = order.At(_now) with { JournalFields = SearchSources.JournalFields(source), Limits = Remaining() };
            if (query.Limits.Matches <= 0 || query.Limits.Bytes <= 0 || query.Limits.CpuTime <= TimeSpan.Zero || lines.IsFull)
            {
                _end.SkippedSources++;
                return;
            }

            outcome = LogSearcher.Run(query, SearchSources.Resolve(source), sink, cancel);
        }
        catch (LogQueryException refused)
        {
            // A glob that matches nothing on this host, and the like: true here, perhaps not elsewhere.
            EndSource(SearchSources.NameOf(source), 0, 0, refused.Message);
            return;
        }

        _end.SkippedSources += (uint)outcome.Skipped.Count;
        foreach (var end in outcome.Sources)
        {
            lines.Flush();
            Add(end);
        }
    }

    private void Add(SourceOutcome source)
    {
        _end.Matches += (ulong)source.Matches;
        _end.ReadBytes += (ulong)source.BytesRead;
        for (var i = 0; i < _byPattern.Length; i++)
            _byPattern[i] += source.MatchesByPattern[i];
        if (_end.Limit.Length == 0)
        {
            _end.Limit = source.End switch
            {
                SearchEnd.MatchLimit => "matches",
                SearchEnd.ByteBudget => "bytes",
                SearchEnd.CpuBudget => "cpu",
                _ => "",
            };
        }

        EndSource(source.Source, source.Matches, source.BytesRead, source.End == SearchEnd.Failed ? source.Reason : "");
        if (order.Output == LogOutput.Count)
        {
            var counts = new LogCounts { Source = source.Source, Matches = (ulong)source.Matches };
            counts.ByPattern.AddRange(source.MatchesByPattern.Select(count => (ulong)count));
            queue.Put(new LogResult { Counts = counts });
        }
    }

    private void EndSource(string name, long matches, long bytesRead, string fault)
    {
        _faults += fault.Length > 0 ? 1 : 0;
        // Ends without hits and faults of a glob of thousands of files would say little and fill the output.
        if (matches > 0 || fault.Length > 0)
            queue.Put(new LogResult { SourceEnd = new LogSourceEnd { Source = name, Matches = (ulong)matches, ReadBytes = (ulong)bytesRead, Error = fault } });
    }

    private SearchLimits Remaining()
    {
        var limits = order.Query.Limits;
        return limits with
        {
            Matches = limits.Matches == long.MaxValue ? long.MaxValue : limits.Matches - (long)_end.Matches,
            Bytes = limits.Bytes == long.MaxValue ? long.MaxValue : limits.Bytes - (long)_end.ReadBytes,
            CpuTime = limits.CpuTime == TimeSpan.MaxValue ? TimeSpan.MaxValue : limits.CpuTime - (ThreadCpu.Used() - _cpuBefore),
        };
    }

    private void Sum(LineClusters clusters, TimeHistogram histogram)
    {
        if (order.Output == LogOutput.Clusters)
        {
            var message = new LogClusters();
            message.Clusters.AddRange(clusters.Snapshot().Select(ToMessage));
            queue.Put(new LogResult { Clusters = message });
        }

        if (order.Output != LogOutput.Histogram)
            return;
        var bars = histogram.Snapshot();
        var first = bars.Count == 0 ? DateTimeOffset.UnixEpoch : bars[0].Start;
        var counts = new ulong[bars.Count == 0 ? 0 : ((bars[^1].Start - first).Ticks / histogram.Bar.Ticks) + 1];
        foreach (var (start, count) in bars)
            counts[(start - first).Ticks / histogram.Bar.Ticks] += (ulong)count;
        var sum = new LogHistogram
        {
            BucketMs = (long)histogram.Bar.TotalMilliseconds,
            FirstMs = first.ToUnixTimeMilliseconds(),
            WithoutTime = (ulong)histogram.Undated,
        };
        sum.Counts.AddRange(counts);
        queue.Put(new LogResult { Histogram = sum });
    }

    private static LogCluster ToMessage(LogSearch.Clusters.LogCluster cluster) => new()
    {
        Template = cluster.Template,
        Count = (ulong)cluster.Count,
        Example = Google.Protobuf.ByteString.CopyFromUtf8(cluster.Example),
        FirstUs = LogTime.ToMicroseconds(cluster.First),
        LastUs = LogTime.ToMicroseconds(cluster.Last),
    };
}
