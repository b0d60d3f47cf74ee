using System.Text.Json;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Cli.Running;
using Fleet.Protocol.Json;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Logs;

/// <summary>An object per line, source, count, cluster and host, and a summary.</summary>
internal sealed class JsonReport(Screen screen) : ISearchReport
{
    private readonly JsonLines _lines = new(screen.Writer);

    public void Take(string host, IReadOnlyList<LogResult> results)
    {
        foreach (var result in results)
        {
            switch (result.ResultCase)
            {
                case LogResult.ResultOneofCase.Lines:
                    foreach (var line in result.Lines.Lines)
                        _lines.Write("line", json => WriteLine(json, host, result.Lines.Source, line));
                    break;
                case LogResult.ResultOneofCase.SourceEnd:
                    _lines.Write("source", json => WriteSource(json, host, result.SourceEnd));
                    break;
                case LogResult.ResultOneofCase.Counts:
                    _lines.Write("count", json => WriteCounts(json, host, result.Counts));
                    break;
                case LogResult.ResultOneofCase.Histogram:
                    _lines.Write("histogram", json => WriteHistogram(json, host, result.Histogram));
                    break;
                case LogResult.ResultOneofCase.Clusters:
                    foreach (var cluster in result.Clusters.Clusters)
                        _lines.Write("cluster", json => WriteCluster(json, host, cluster));
                    break;
                case LogResult.ResultOneofCase.End:
                    _lines.Write("search", json => WriteEnd(json, host, result.End));
                    break;
            }
        }
    }

    public void Finish(JobView job, SearchTally tally, TimeSpan elapsed)
    {
        foreach (var task in job.Tasks.Where(task => task.Ended is { State: not TaskState.Succeeded }))
        {
            _lines.Write("failed", json =>
            {
                json.WriteString("host", task.Host);
                JsonLines.WriteEnd(json, task.Ended!);
            });
        }

        _lines.Write("summary", json =>
        {
            json.WriteString("job", job.Job?.Id ?? "");
            json.WriteBoolean("done", job.Done);
            json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 1));
            json.WriteNumber("matches", tally.Matches);
            json.WriteNumber("read_bytes", tally.ReadBytes);
            json.WriteNumber("hosts_with_hits", tally.HostsWithHits);
            json.WriteNumber("hosts_without_hits", tally.HostsWithoutHits);
            json.WriteNumber("hosts_failed", tally.HostsInTrouble);
            JsonLines.WriteCounts(json, job);
        });
    }

    /// <summary>Writes the fields of a line; tails share them.</summary>
    public static void WriteLine(Utf8JsonWriter json, string host, string source, LogLine line)
    {
        json.WriteString("host", host);
        json.WriteString("source", source);
        json.WriteTimeUs("time", line.TimeUs);
        if (line.Number > 0)
            json.WriteNumber("number", line.Number);
        if (line.Cursor.Length > 0)
            json.WriteString("cursor", line.Cursor);
        else
            json.WriteNumber("offset", line.Offset);
        JsonLines.WriteBytes(json, "text", line.Text.Span);
        WriteNumbers(json, "ranges", line.Ranges);
        WriteNumbers(json, "patterns", line.Patterns);
        json.WriteBoolean("context", line.Context);
        if (line.Truncated)
            json.WriteBoolean("truncated", true);
    }

    private static void WriteSource(Utf8JsonWriter json, string host, LogSourceEnd end)
    {
        json.WriteString("host", host);
        json.WriteString("source", end.Source);
        json.WriteNumber("matches", end.Matches);
        json.WriteNumber("read_bytes", end.ReadBytes);
        json.WriteOptional("error", end.Error);
    }

    private static void WriteCounts(Utf8JsonWriter json, string host, LogCounts counts)
    {
        json.WriteString("host", host);
        json.WriteString("source", counts.Source);
        json.WriteNumber("matches", counts.Matches);
        json.WriteStartArray("by_pattern");
        foreach (var count in counts.ByPattern)
            json.WriteNumberValue(count);
        json.WriteEndArray();
    }

    private static void WriteHistogram(Utf8JsonWriter json, string host, LogHistogram histogram)
    {
        json.WriteString("host", host);
        json.WriteNumber("bucket_ms", histogram.BucketMs);
        json.WriteTime("first_at", histogram.FirstMs);
        json.WriteStartArray("counts");
        foreach (var count in histogram.Counts)
            json.WriteNumberValue(count);
        json.WriteEndArray();
        json.WriteNumber("without_time", histogram.WithoutTime);
    }

    /// <summary>Writes the fields of a cluster; hits share them.</summary>
    public static void WriteCluster(Utf8JsonWriter json, string? host, LogCluster cluster)
    {
        if (host is not null)
            json.WriteString("host", host);
        json.WriteString("template", cluster.Template);
        json.WriteNumber("count", cluster.Count);
        JsonLines.WriteBytes(json, "example", cluster.Example.Span);
        json.WriteTimeUs("first_at", cluster.FirstUs);
        json.WriteTimeUs("last_at", cluster.LastUs);
        if (cluster.HostCount == 0)
            return;
        json.WriteNumber("host_count", cluster.HostCount);
        json.WriteTexts("hosts", cluster.Hosts);
    }

    private static void WriteEnd(Utf8JsonWriter json, string host, LogSearchEnd end)
    {
        json.WriteString("host", host);
        json.WriteNumber("matches", end.Matches);
        json.WriteNumber("read_bytes", end.ReadBytes);
        json.WriteNumber("cpu_ms", end.CpuUs / 1000.0);
        json.WriteNumber("wall_ms", end.WallUs / 1000.0);
        json.WriteOptional("limit", end.Limit);
        if (end.SkippedSources > 0)
            json.WriteNumber("skipped_sources", end.SkippedSources);
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<uint> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
