using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>What a message says.</summary>
/// <param name="Id">The same for every attempt, so that a receiver can drop repeats.</param>
/// <param name="Occasion">"firing", "resolved" or "test".</param>
/// <param name="Alert">The alert.</param>
internal sealed record Notice(string Id, string Occasion, Alert Alert)
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>In one line.</summary>
    public string Title
    {
        get
        {
            var where = Alert.AgentName.Length > 0 ? Alert.AgentName : Alert.Hosts.Count == 1 ? Alert.Hosts[0] : $"{Alert.HostCount} hosts";
            var title = $"[{Occasion.ToUpperInvariant()}] {Alert.Severity.ToString().ToLowerInvariant()}: {Alert.Scan}/{Alert.Pattern} on {where}";
            return OneLineText.Clean(title);
        }
    }

    /// <summary>For people, some lines.</summary>
    public string Text => Render(static text => text);

    /// <summary>For people, some lines, where the receiver reads some characters as signs.</summary>
    /// <param name="escape">Makes signs out of nothing in a text.</param>
    public string Render(Func<string, string> escape)
    {
        var text = new StringBuilder(escape(Title)).Append('\n')
            .Append(CultureInfo.InvariantCulture, $"{Alert.Count} {(Alert.Count == 1 ? "line" : "lines")} since {Time(Alert.StartedMs)}");
        if (Alert.Hosts.Count > 1)
        {
            text.Append(" on ").Append(escape(NodeSet.Fold(Alert.Hosts)));
            if (Alert.HostCount > Alert.Hosts.Count)
                text.Append(CultureInfo.InvariantCulture, $" and {Alert.HostCount - Alert.Hosts.Count} more");
        }

        foreach (var example in Alert.Examples)
            text.Append("\n> ").Append(escape(example).ReplaceLineEndings("\n> "));
        return text.Append(CultureInfo.InvariantCulture, $"\nfleet alerts; fleet hits --scan {escape(Alert.Scan)}").ToString();
    }

    /// <summary>For programs: Fleet's own JSON, version 1 (docs/alerts.md).</summary>
    public byte[] Json()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_json))
        {
            json.WriteStartObject();
            json.WriteNumber("v", 1);
            json.WriteString("id", Id);
            json.WriteString("occasion", Occasion);
            json.WriteString("alert", Alert.Id);
            json.WriteString("scan", Alert.Scan);
            json.WriteString("pattern", Alert.Pattern);
            json.WriteString("severity", Alert.Severity.ToString().ToLowerInvariant());
            json.WriteString("host", Alert.AgentName);
            json.WriteString("template", Alert.Template);
            json.WriteNumber("count", Alert.Count);
            json.WriteString("started", Time(Alert.StartedMs));
            json.WriteString("last_hit", Time(Alert.LastHitMs));
            if (Alert.ResolvedMs > 0)
                json.WriteString("resolved", Time(Alert.ResolvedMs));
            json.WriteNumber("host_count", Alert.HostCount);
            json.WriteStartArray("hosts");
            foreach (var host in Alert.Hosts)
                json.WriteStringValue(host);
            json.WriteEndArray();
            json.WriteStartArray("examples");
            foreach (var example in Alert.Examples)
                json.WriteStringValue(example);
            json.WriteEndArray();
            json.WriteString("title", Title);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static string Time(long unixMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
