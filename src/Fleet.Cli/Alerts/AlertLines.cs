using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.Json;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Alerts;

/// <summary>Alerts and silences as JSON lines.</summary>
internal static class AlertLines
{
    public static void Write(Screen screen, IEnumerable<Alert> alerts)
    {
        var lines = new JsonLines(screen.Writer);
        foreach (var alert in alerts)
            lines.Write("alert", json => AlertJson.Write(json, alert));
    }

    public static void Write(Screen screen, IEnumerable<Silence> silences)
    {
        var lines = new JsonLines(screen.Writer);
        foreach (var silence in silences)
        {
            lines.Write("silence", json =>
            {
                json.WriteString("silence", silence.Id);
                json.WriteOptional("scan", silence.Scan);
                json.WriteOptional("pattern", silence.Pattern);
                json.WriteOptional("host", silence.AgentName);
                json.WriteTime("created_at", silence.CreatedMs);
                json.WriteTime("expires_at", silence.ExpiresMs);
                json.WriteString("created_by", silence.CreatedBy);
                json.WriteOptional("comment", silence.Comment);
            });
        }
    }
}
