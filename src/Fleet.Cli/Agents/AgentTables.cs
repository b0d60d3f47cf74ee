using System.Globalization;
using System.Text.Json;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.Json;
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

        TableText.Write(screen, ["HOST", "STATUS", "LAST SEEN", "OS", "VERSION", "LABELS"], agents.Select(a => (IReadOnlyList<string>)
        [
            a.Name, Link(a), TimeText.Ago(a.LastSeenMs, now),
            a.Facts.TryGetValue("os", out var os) ? os : "-", a.Version, Labels(a),
        ]));
        screen.Note($"{Plural.Of(agents.Count, "host")}, {agents.Count(a => a.Online)} online");
        if (agents.Where(a => a.DuplicateSinceMs > 0).Select(a => a.Name).ToList() is { Count: > 0 } duplicates)
            screen.Note($"two processes use the identity of {NodeSet.Fold(duplicates)}: see 'fleet agents show'; 'fleet agents clear-duplicate' clears it");
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
            ("status", agent.Online ? $"online since {TimeText.Local(agent.ConnectedMs)}" : $"offline ({agent.OfflineReason})"),
            ("last seen", $"{TimeText.Local(agent.LastSeenMs)} ({TimeText.Ago(agent.LastSeenMs, now)})"),
            ("round trip", agent.RoundTripUs == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{agent.RoundTripUs / 1000.0:0.0} ms")),
            ("version", agent.Version),
            ("enrolled", TimeText.Local(agent.EnrolledMs)),
            ("certificate", $"until {TimeText.Local(agent.CertificateExpiresMs)}"),
            ("tasks", $"{agent.RunningTasks} running"),
            ("labels", Labels(agent)),
        };
        rows.AddRange(agent.Conditions.Select(c => (c.Kind, $"{c.Message} (since {TimeText.Local(c.SinceMs)})")));
        if (agent.DuplicateSinceMs > 0)
        {
            rows.Insert(3, ("DUPLICATE", $"two processes use this identity since {TimeText.Local(agent.DuplicateSinceMs)}: {agent.DuplicateNote}"));
            rows.Insert(4, ("", agent.TasksHeld ? "new tasks are held; enroll the copy again, then: fleet agents clear-duplicate " + agent.Name : "tasks are not held"));
        }

        if (agent.HitsPerMinute > 0)
        {
            rows.Add(("hits", $"{agent.HitsPerMinute} a minute"
                + (agent.HitsSlowedSinceMs > 0 ? $", above its limit: throttled since {TimeText.Local(agent.HitsSlowedSinceMs)}" : "")));
        }

        if (agent.FindingsNotAssigned + agent.FindingsUnknownScan > 0)
        {
            rows.Add(("reports", $"{agent.FindingsNotAssigned} hits of scans not assigned to it (kept, no alert), "
                + $"{agent.FindingsUnknownScan} of scans that do not exist (dropped)"));
        }

        rows.AddRange(agent.Facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => ($"fact.{f.Key}", f.Value)));
        TableText.Write(screen, ["", ""], rows.Select(r => (IReadOnlyList<string>)[r.Item1, r.Item2]));
    }

    private static string Link(Agent agent) =>
        (!agent.Online ? $"offline ({agent.OfflineReason})"
            : agent.Conditions.Count == 0 ? "online"
            : $"online ({string.Join(", ", agent.Conditions.Select(c => c.Kind))})")
        + (agent.DuplicateSinceMs > 0 ? ", DUPLICATE" : "");

    private static string Labels(Agent agent) =>
        string.Join(',', agent.Labels.OrderBy(l => l.Key, NaturalOrder.Comparer).Select(l => $"{l.Key}={l.Value}"));

    private static void WriteAgent(Utf8JsonWriter json, Agent agent)
    {
        json.WriteString("name", agent.Name);
        json.WriteString("id", agent.Id);
        json.WriteBoolean("online", agent.Online);
        json.WriteOptional("offline_reason", agent.OfflineReason);
        json.WriteTime("last_seen_at", agent.LastSeenMs);
        json.WriteTime("connected_at", agent.ConnectedMs);
        json.WriteTime("enrolled_at", agent.EnrolledMs);
        json.WriteTime("certificate_expires_at", agent.CertificateExpiresMs);
        json.WriteNumber("running_tasks", agent.RunningTasks);
        if (agent.RoundTripUs > 0)
            json.WriteNumber("round_trip_ms", agent.RoundTripUs / 1000.0);
        json.WriteStartArray("conditions");
        foreach (var condition in agent.Conditions)
        {
            json.WriteStartObject();
            json.WriteString("kind", condition.Kind);
            json.WriteString("message", condition.Message);
            json.WriteTime("started_at", condition.SinceMs);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("version", agent.Version);
        if (agent.DuplicateSinceMs > 0)
        {
            json.WriteTime("duplicate_detected_at", agent.DuplicateSinceMs);
            json.WriteString("duplicate_reason", agent.DuplicateNote);
        }

        json.WriteBoolean("tasks_held", agent.TasksHeld);
        json.WriteNumber("hits_per_minute", agent.HitsPerMinute);
        json.WriteTime("hits_throttled_at", agent.HitsSlowedSinceMs);
        json.WriteNumber("findings_not_assigned", agent.FindingsNotAssigned);
        json.WriteNumber("findings_unknown_scan", agent.FindingsUnknownScan);
        json.WriteMap("labels", agent.Labels);
        json.WriteMap("facts", agent.Facts);
    }
}
