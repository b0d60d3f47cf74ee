using System.Globalization;
using System.Text.Json;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Agents;

/// <summary>Hosts as tables and JSON lines.</summary>
internal static class AgentTables
{
    public static void List(Screen screen, IReadOnlyList<Agent> agents, bool json, DateTimeOffset now)
    {
        if (json)
        {
            var lines = new JsonLines(screen.Writer);
            foreach (var agent in agents)
                lines.Write("agent", writer => WriteAgent(writer, agent));
            return;
        }

        TableText.Write(screen, ["HOST", "LINK", "LAST SEEN", "OS", "VERSION", "LABELS"], agents.Select(a => (IReadOnlyList<string>)
        [
            a.Name, a.Online ? "online" : $"offline ({a.OfflineReason})", TimeText.Ago(a.LastSeenMs, now),
            a.Facts.TryGetValue("os", out var os) ? os : "-", a.Version, Labels(a),
        ]));
        screen.Note($"{Plural.Of(agents.Count, "host")}, {agents.Count(a => a.Online)} online");
    }

    public static void Show(Screen screen, Agent agent, bool json, DateTimeOffset now)
    {
        if (json)
        {
            new JsonLines(screen.Writer).Write("agent", writer => WriteAgent(writer, agent));
            return;
        }

        var rows = new List<(string, string)>
        {
            ("name", agent.Name),
            ("id", agent.Id),
            ("link", agent.Online ? $"online since {TimeText.Local(agent.ConnectedMs)}" : $"offline ({agent.OfflineReason})"),
            ("last seen", $"{TimeText.Local(agent.LastSeenMs)} ({TimeText.Ago(agent.LastSeenMs, now)})"),
            ("round trip", agent.RoundTripUs == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{agent.RoundTripUs / 1000.0:0.0} ms")),
            ("version", agent.Version),
            ("enrolled", TimeText.Local(agent.EnrolledMs)),
            ("certificate", $"until {TimeText.Local(agent.CertificateExpiresMs)}"),
            ("tasks", $"{agent.RunningTasks} running"),
            ("labels", Labels(agent)),
        };
        rows.AddRange(agent.Facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => ($"fact.{f.Key}", f.Value)));
        TableText.Write(screen, ["", ""], rows.Select(r => (IReadOnlyList<string>)[r.Item1, r.Item2]));
    }

    private static string Labels(Agent agent) =>
        string.Join(',', agent.Labels.OrderBy(l => l.Key, NaturalOrder.Comparer).Select(l => $"{l.Key}={l.Value}"));

    private static void WriteAgent(Utf8JsonWriter json, Agent agent)
    {
        json.WriteString("name", agent.Name);
        json.WriteString("id", agent.Id);
        json.WriteBoolean("online", agent.Online);
        json.WriteString("offline_reason", agent.OfflineReason);
        json.WriteNumber("last_seen_ms", agent.LastSeenMs);
        json.WriteNumber("connected_ms", agent.ConnectedMs);
        json.WriteNumber("enrolled_ms", agent.EnrolledMs);
        json.WriteNumber("certificate_expires_ms", agent.CertificateExpiresMs);
        json.WriteNumber("running_tasks", agent.RunningTasks);
        json.WriteNumber("round_trip_us", agent.RoundTripUs);
        json.WriteString("version", agent.Version);
        WriteMap(json, "labels", agent.Labels);
        WriteMap(json, "facts", agent.Facts);
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IDictionary<string, string> map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }
}
