using System.Text.Json;
using Fleet.Protocol.V1;

namespace Fleet.Protocol.Json;

/// <summary>The fields of an alert, the same wherever one is printed or sent: `fleet alerts --json`, webhooks and command channels (docs/json.md).</summary>
public static class AlertJson
{
    /// <summary>One alert.</summary>
    /// <param name="json">An object that is open.</param>
    /// <param name="alert">The alert.</param>
    /// <param name="withHosts">Whether hosts and examples are written as well.</param>
    public static void Write(Utf8JsonWriter json, Alert alert, bool withHosts = true)
    {
        json.WriteString("alert", alert.Id);
        json.WriteOptional("state", State(alert.State));
        WriteWhat(json, alert);
        json.WriteOptional("host", alert.AgentName);
        json.WriteOptional("template", alert.Template);
        WriteExtent(json, alert);
        if (withHosts)
            WriteHosts(json, alert);
        json.WriteOptional("acknowledged_by", alert.AcknowledgedBy);
        json.WriteOptional("acknowledge_comment", alert.Acknowledgement);
        json.WriteOptional("silence", alert.SilenceId);
        if (alert.Deliveries.Count > 0)
            WriteDeliveries(json, alert);
    }

    /// <summary>Scan, pattern and severity, of one alert or of several that have them in common.</summary>
    public static void WriteWhat(Utf8JsonWriter json, Alert alert)
    {
        json.WriteString("scan", alert.Scan);
        json.WriteString("pattern", alert.Pattern);
        json.WriteOptional("severity", Severity(alert.Severity));
    }

    /// <summary>How many lines, and when.</summary>
    public static void WriteExtent(Utf8JsonWriter json, Alert alert)
    {
        json.WriteNumber("count", alert.Count);
        json.WriteTime("started_at", alert.StartedMs);
        json.WriteTime("fired_at", alert.FiredMs);
        json.WriteTime("last_hit_at", alert.LastHitMs);
        json.WriteTime("resolved_at", alert.ResolvedMs);
    }

    /// <summary>How many hosts, their names as far as there is room, and examples of lines.</summary>
    public static void WriteHosts(Utf8JsonWriter json, Alert alert)
    {
        json.WriteNumber("host_count", alert.HostCount);
        json.WriteTexts("hosts", alert.Hosts);
        json.WriteTexts("examples", alert.Examples);
    }

    /// <summary>A severity in a word; empty where there is none.</summary>
    public static string Severity(Severity severity) => severity == V1.Severity.Unspecified ? "" : severity.ToString().ToLowerInvariant();

    private static string State(Alert.Types.State state) => state == Alert.Types.State.Unspecified ? "" : state.ToString().ToLowerInvariant();

    private static void WriteDeliveries(Utf8JsonWriter json, Alert alert)
    {
        json.WriteStartArray("notifications");
        foreach (var delivery in alert.Deliveries)
        {
            json.WriteStartObject();
            json.WriteString("channel", delivery.Channel);
            json.WriteString("status", delivery.Status);
            json.WriteTime("sent_at", delivery.SentMs);
            json.WriteNumber("attempts", delivery.Attempts);
            json.WriteOptional("error", delivery.LastError);
            json.WriteBoolean("given_up", delivery.GivenUp);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
