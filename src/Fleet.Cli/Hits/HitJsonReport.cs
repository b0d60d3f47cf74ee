using System.Text.Json;
using Fleet.Cli.Logs;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Cli.Scans;
using Fleet.Protocol.Json;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Hits;

/// <summary>An object per hit, summary, gap and cluster, and a summary.</summary>
internal sealed class HitJsonReport(Screen screen) : IHitReport
{
    private readonly JsonLines _lines = new(screen.Writer);
    private readonly HitTally _tally = new();

    public void Take(SearchHitsReply reply)
    {
        _tally.Take(reply);
        foreach (var stored in reply.Hits)
            _lines.Write("hit", json =>
            {
                WriteHit(json, stored.AgentName, stored.Hit);
                WriteStanding(json, stored.NotAssigned);
            });
        foreach (var stored in reply.Summaries)
            _lines.Write("hit_summary", json =>
            {
                WriteSummary(json, stored.AgentName, stored.Summary);
                WriteStanding(json, stored.NotAssigned);
            });
        foreach (var stored in reply.Gaps)
            _lines.Write("gap", json =>
            {
                WriteGap(json, stored.AgentName, stored.Gap);
                WriteStanding(json, stored.NotAssigned);
            });
        foreach (var cluster in reply.Clusters)
            _lines.Write("cluster", json => JsonReport.WriteCluster(json, host: null, cluster));
        if (reply.Cursor.Length > 0)
            _lines.Write("cursor", json => json.WriteString("cursor", reply.Cursor));
        // An operator who follows wants them now.
        screen.Writer.Flush();
    }

    public void Finish() => _lines.Write("summary", json =>
    {
        json.WriteNumber("hits", _tally.Hits);
        json.WriteNumber("summarized", _tally.Summarised);
        json.WriteNumber("gaps", _tally.Gaps);
        json.WriteNumber("host_count", _tally.Hosts);
        json.WriteBoolean("truncated", _tally.Truncated);
    });

    private static void WriteHit(Utf8JsonWriter json, string host, Hit hit)
    {
        json.WriteString("id", Convert.ToHexStringLower(hit.Id.Span));
        WriteHead(json, host, hit.Scan, hit.ScanRevision, hit.Pattern, hit.Severity, hit.Source);
        json.WriteTimeUs("time", hit.TimeUs);
        json.WriteTimeUs("seen_at", hit.SeenUs);
        JsonLines.WriteBytes(json, "text", hit.Text.Span);
        if (hit.Truncated)
            json.WriteBoolean("truncated", true);
        if (hit.Cursor.Length > 0)
            json.WriteString("cursor", hit.Cursor);
        else
            json.WriteNumber("offset", hit.Offset);
        json.WriteString("template", hit.Template);
        json.WriteOptional("unit", hit.Unit);
    }

    private static void WriteSummary(Utf8JsonWriter json, string host, HitSummary summary)
    {
        json.WriteString("id", Convert.ToHexStringLower(summary.Id.Span));
        WriteHead(json, host, summary.Scan, summary.ScanRevision, summary.Pattern, summary.Severity, summary.Source);
        json.WriteString("template", summary.Template);
        json.WriteNumber("count", summary.Count);
        json.WriteTimeUs("first_at", summary.FirstUs);
        json.WriteTimeUs("last_at", summary.LastUs);
        json.WriteTexts("examples", summary.Examples.Select(example => example.ToStringUtf8()));
    }

    private static void WriteGap(Utf8JsonWriter json, string host, ScanGap gap)
    {
        json.WriteString("id", Convert.ToHexStringLower(gap.Id.Span));
        json.WriteString("host", host);
        json.WriteString("scan", gap.Scan);
        json.WriteString("source", gap.Source);
        json.WriteString("cause", gap.Cause);
        json.WriteTimeUs("started_at", gap.SinceUs);
        if (gap.UntilUs > 0)
            json.WriteString("ended_at", IsoTime.OfUsRoundedUp(gap.UntilUs));
        if (gap.FromCursor.Length > 0)
            json.WriteString("cursor", gap.FromCursor);
        else
            json.WriteNumber("offset", gap.FromOffset);
        if (gap.LostBytes > 0)
            json.WriteNumber("lost_bytes", gap.LostBytes);
        if (gap.LostLines > 0)
            json.WriteNumber("lost_lines", gap.LostLines);
    }

    private static void WriteStanding(Utf8JsonWriter json, bool notAssigned)
    {
        if (notAssigned)
            json.WriteBoolean("not_assigned", true);
    }

    private static void WriteHead(Utf8JsonWriter json, string host, string scan, ulong revision, string pattern, Severity severity, string source)
    {
        json.WriteString("host", host);
        json.WriteString("scan", scan);
        json.WriteNumber("revision", revision);
        json.WriteString("pattern", pattern);
        json.WriteString("severity", ScanFormatter.Severity(severity));
        json.WriteString("source", source);
    }
}
