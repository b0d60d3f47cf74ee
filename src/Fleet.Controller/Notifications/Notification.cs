using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fleet.Protocol.Json;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>A message about one alert, or about several of one scan, pattern and status.</summary>
/// <param name="Id">The same for every attempt, so that a receiver can drop repeats.</param>
/// <param name="Status">"firing", "resolved" or "test".</param>
/// <param name="Alert">The alert; of several of one scan and pattern all that they have together.</param>
internal sealed record Notification(string Id, string Status, Alert Alert)
{
    private const int MaxExamples = 3;
    private const int MaxHostsLength = 1500;
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The messages that this one stands for; empty where it is itself.</summary>
    public IReadOnlyList<Notification> Parts { get; private init; } = [];

    /// <summary>One message for one or several of the same scan, pattern and status.</summary>
    public static Notification Of(IReadOnlyList<Notification> parts)
    {
        if (parts.Count == 1)
            return parts[0];
        var all = new Alert
        {
            Scan = parts[0].Alert.Scan,
            Pattern = parts[0].Alert.Pattern,
            Severity = parts.Max(part => part.Alert.Severity),
            StartedMs = parts.Min(part => part.Alert.StartedMs),
            FiredMs = parts.Min(part => part.Alert.FiredMs),
            LastHitMs = parts.Max(part => part.Alert.LastHitMs),
            ResolvedMs = parts.Max(part => part.Alert.ResolvedMs),
            Count = parts.Aggregate(0UL, (sum, part) => sum + part.Alert.Count),
            Hosts = { parts.SelectMany(part => part.Alert.Hosts).Distinct(StringComparer.Ordinal) },
            Examples = { parts.SelectMany(part => part.Alert.Examples).Distinct(StringComparer.Ordinal).Take(MaxExamples) },
        };
        // Hosts that an alert only counts may be those that another one names.
        all.HostCount = Math.Max((uint)all.Hosts.Count, parts.Max(part => part.Alert.HostCount));
        var ids = string.Join('\n', parts.Select(part => part.Id));
        return new Notification("several-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ids)))[..24], parts[0].Status, all) { Parts = parts };
    }

    /// <summary>In one line.</summary>
    public string Title
    {
        get
        {
            var where = Alert.AgentName.Length > 0 ? Alert.AgentName : Alert.Hosts.Count == 1 ? Alert.Hosts[0] : $"{Alert.HostCount} hosts";
            var several = Parts.Count > 0 ? $" ({Parts.Count} alerts)" : "";
            var title = $"[{Status.ToUpperInvariant()}] {Alert.Severity.ToString().ToLowerInvariant()}: {Alert.Scan}/{Alert.Pattern} on {where}{several}";
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
            .Append(CultureInfo.InvariantCulture, $"{Alert.Count} {(Alert.Count == 1 ? "line" : "lines")} since {IsoTime.OfMs(Alert.StartedMs)}");
        if (Alert.Hosts.Count > 1)
        {
            var hosts = HostsInShort(out var named);
            text.Append(" on ").Append(escape(hosts));
            if (Alert.HostCount > named)
                text.Append(CultureInfo.InvariantCulture, $" and {Alert.HostCount - named} more");
        }

        foreach (var example in Alert.Examples)
            text.Append("\n> ").Append(escape(example).ReplaceLineEndings("\n> "));
        return text.Append(CultureInfo.InvariantCulture, $"\nfleet alerts; fleet hits --scan {escape(Alert.Scan)}").ToString();
    }

    /// <summary>For programs: Fleet's own JSON, version 1 (docs/json.md).</summary>
    public byte[] Json()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_json))
        {
            json.WriteStartObject();
            json.WriteNumber("v", 1);
            json.WriteString("type", "notification");
            json.WriteString("id", Id);
            json.WriteString("status", Status);
            json.WriteString("title", Title);
            AlertJson.WriteWhat(json, Alert);
            AlertJson.WriteExtent(json, Alert);
            AlertJson.WriteHosts(json, Alert);
            IReadOnlyList<Notification> parts = Parts.Count > 0 ? Parts : [this];
            json.WriteNumber("alert_count", parts.Count);
            json.WriteStartArray("alerts");
            foreach (var part in parts)
            {
                // Hosts and examples stand once, above: a message of a thousand alerts must not repeat them.
                json.WriteStartObject();
                json.WriteString("notification", part.Id);
                AlertJson.Write(json, part.Alert, withHosts: false);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    // Hosts whose names have no numbers in common do not fold; chat systems take only so much.
    private string HostsInShort(out int named)
    {
        named = Alert.Hosts.Count;
        var hosts = NodeSet.Fold(Alert.Hosts);
        while (hosts.Length > MaxHostsLength && named > 1)
        {
            named /= 2;
            hosts = NodeSet.Fold(Alert.Hosts.Take(named));
        }

        return hosts;
    }
}
