using System.Text.Json;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Cli.Scans;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Alerts;

/// <summary>Alerts and silences as JSON lines.</summary>
internal static class AlertJson
{
    public static void Write(Screen screen, IEnumerable<Alert> alerts)
    {
        var lines = new JsonLines(screen.Writer);
        foreach (var alert in alerts)
            lines.Write("alert", json => WriteAlert(json, alert));
    }

    public static void Write(Screen screen, IEnumerable<Silence> silences)
    {
        var lines = new JsonLines(screen.Writer);
        foreach (var silence in silences)
            lines.Write("silence", json => WriteSilence(json, silence));
    }

    private static void WriteAlert(Utf8JsonWriter json, Alert alert)
    {
        json.WriteString("alert", alert.Id);
        json.WriteString("state", AlertWords.State(alert));
        json.WriteString("severity", ScanWords.Severity(alert.Severity));
        json.WriteString("scan", alert.Scan);
        json.WriteString("pattern", alert.Pattern);
        Optional(json, "host", alert.AgentName);
        Optional(json, "template", alert.Template);
        json.WriteNumber("count", alert.Count);
        json.WriteNumber("started_ms", alert.StartedMs);
        Optional(json, "fired_ms", alert.FiredMs);
        Optional(json, "last_hit_ms", alert.LastHitMs);
        Optional(json, "resolved_ms", alert.ResolvedMs);
        ScanJson.WriteTexts(json, "host_names", alert.Hosts);
        json.WriteNumber("hosts", alert.HostCount);
        ScanJson.WriteTexts(json, "examples", alert.Examples);
        Optional(json, "acknowledged_by", alert.AcknowledgedBy);
        Optional(json, "acknowledgement", alert.Acknowledgement);
        Optional(json, "silence", alert.SilenceId);
        json.WriteStartArray("deliveries");
        foreach (var delivery in alert.Deliveries)
        {
            json.WriteStartObject();
            json.WriteString("channel", delivery.Channel);
            json.WriteString("occasion", delivery.Occasion);
            Optional(json, "sent_ms", delivery.SentMs);
            json.WriteNumber("attempts", delivery.Attempts);
            Optional(json, "fault", delivery.LastFault);
            json.WriteBoolean("given_up", delivery.GivenUp);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSilence(Utf8JsonWriter json, Silence silence)
    {
        json.WriteString("silence", silence.Id);
        Optional(json, "scan", silence.Scan);
        Optional(json, "pattern", silence.Pattern);
        Optional(json, "host", silence.AgentName);
        json.WriteNumber("created_ms", silence.CreatedMs);
        json.WriteNumber("expires_ms", silence.ExpiresMs);
        json.WriteString("operator", silence.CreatedBy);
        Optional(json, "comment", silence.Comment);
    }

    private static void Optional(Utf8JsonWriter json, string name, string text)
    {
        if (text.Length > 0)
            json.WriteString(name, text);
    }

    private static void Optional(Utf8JsonWriter json, string name, long ms)
    {
        if (ms > 0)
            json.WriteNumber(name, ms);
    }
}
