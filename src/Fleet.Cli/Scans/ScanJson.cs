using System.Text.Json;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.Json;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans;

/// <summary>Scans as JSON lines.</summary>
internal static class ScanJson
{
    public static void Write(Screen screen, IEnumerable<ScanOverview> scans)
    {
        var lines = new JsonLines(screen.Writer);
        foreach (var scan in scans)
            lines.Write("scan", json => WriteScan(json, scan));
    }

    public static void Write(Screen screen, ScanDetails details)
    {
        Write(screen, [details.Overview]);
        var lines = new JsonLines(screen.Writer);
        foreach (var agent in details.Agents)
            lines.Write("scan_host", json => WriteAgent(json, details.Overview.Definition.Name, agent));
    }

    private static void WriteScan(Utf8JsonWriter json, ScanOverview overview)
    {
        var (scan, order) = (overview.Definition, overview.Definition.Order ?? new ScanOrder());
        json.WriteString("scan", scan.Name);
        json.WriteString("description", scan.Description);
        json.WriteString("target", scan.Target);
        json.WriteNumber("revision", order.Revision);
        json.WriteBoolean("paused", order.Paused);
        json.WriteNumber("every_ms", order.EveryMs);
        json.WriteTexts("sources", order.Sources.Select(ScanFormatter.Source));
        json.WriteStartArray("patterns");
        foreach (var pattern in order.Patterns)
        {
            json.WriteStartObject();
            json.WriteString("name", pattern.Pattern.Name.Length > 0 ? pattern.Pattern.Name : pattern.Pattern.Text);
            json.WriteString("text", pattern.Pattern.Text);
            json.WriteString("severity", ScanFormatter.Severity(pattern.Severity));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("alert", ScanFormatter.Alert(scan.Alert));
        json.WriteTexts("notify", scan.Alert?.Notify ?? []);
        json.WriteNumber("host_count", overview.Agents);
        json.WriteNumber("hosts_online", overview.AgentsOnline);
        json.WriteNumber("hosts_failed", overview.AgentsFailed);
        json.WriteNumber("hits", overview.Hits);
        json.WriteTime("last_hit_at", overview.LastHitMs);
        json.WriteNumber("open_alerts", overview.OpenAlerts);
        json.WriteTime("changed_at", overview.ChangedMs);
        json.WriteOptional("changed_by", overview.ChangedBy);
    }

    private static void WriteAgent(Utf8JsonWriter json, string scan, ScanOnAgent agent)
    {
        json.WriteString("scan", scan);
        json.WriteString("host", agent.AgentName);
        json.WriteBoolean("online", agent.Online);
        if (agent.State is not { } state)
            return;
        json.WriteNumber("revision", state.Revision);
        json.WriteTime("last_run_at", state.LastRunMs);
        json.WriteTime("next_run_at", state.NextRunMs);
        json.WriteNumber("runs", state.Runs);
        json.WriteNumber("hits", state.Hits);
        json.WriteNumber("read_bytes", state.ReadBytes);
        json.WriteNumber("cpu_ms", state.CpuUs / 1000.0);
        json.WriteStartArray("sources");
        foreach (var source in state.Sources)
        {
            json.WriteStartObject();
            json.WriteString("source", source.Source);
            json.WriteNumber("lag_bytes", source.LagBytes);
            json.WriteOptional("error", source.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
