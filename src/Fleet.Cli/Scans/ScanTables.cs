using System.Globalization;
using Fleet.Cli.Output;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans;

/// <summary>Scans as tables.</summary>
internal static class ScanTables
{
    private static readonly CultureInfo s_numbers = CultureInfo.InvariantCulture;

    public static void List(Screen screen, IReadOnlyCollection<ScanOverview> scans, DateTimeOffset now)
    {
        TableText.Write(screen, ["SCAN", "TARGET", "EVERY", "HOSTS", "ONLINE", "AT FAULT", "HITS", "LAST HIT", "ALERTS", "STATE"], scans.Select(scan => (IReadOnlyList<string>)
        [
            scan.Definition.Name, scan.Definition.Target, ScanWords.Every(scan.Definition.Order?.EveryMs ?? 0), scan.Agents.ToString(s_numbers), scan.AgentsOnline.ToString(s_numbers),
            scan.AgentsAtFault.ToString(s_numbers), scan.Hits.ToString(s_numbers), TimeText.Ago(scan.LastHitMs, now), scan.OpenAlerts.ToString(s_numbers),
            scan.Definition.Order?.Paused == true ? "paused" : "on",
        ]));
        var atFault = scans.Count(scan => scan.AgentsAtFault > 0);
        screen.Note($"{scans.Count} {(scans.Count == 1 ? "scan" : "scans")}{(atFault > 0 ? $", {atFault} cannot read something somewhere; see: fleet scan show NAME" : "")}");
    }

    public static void Show(Screen screen, ScanDetails details, DateTimeOffset now)
    {
        var (scan, order) = (details.Overview.Definition, details.Overview.Definition.Order ?? new ScanOrder());
        var rows = new List<(string, string)>
        {
            ("name", scan.Name), ("description", scan.Description), ("target", scan.Target), ("revision", order.Revision.ToString(s_numbers)),
            ("state", order.Paused ? "paused" : "on"), ("every", ScanWords.Every(order.EveryMs)),
            ("first run", order.FirstRunLines == 0 ? "now" : $"last {order.FirstRunLines} lines"),
        };
        rows.AddRange(order.Sources.Select(source => ("source", ScanWords.Source(source))));
        rows.AddRange(order.Patterns.Select(p => ($"pattern {p.Pattern.Name}", $"{ScanWords.Severity(p.Severity)}: {ScanWords.Pattern(p.Pattern)}")));
        rows.AddRange(order.Exclude.Select(pattern => ("not", ScanWords.Pattern(pattern))));
        rows.AddRange(order.JsonFields.Select(field => ("json", field)));
        if (order.RecordStart is { } start)
            rows.Add(("record start", ScanWords.Pattern(start)));
        if (order.HitsPerMinute > 0)
            rows.Add(("hits per minute", order.HitsPerMinute.ToString(s_numbers)));
        rows.Add(("alert", ScanWords.Alert(scan.Alert)));
        if (scan.RetentionMs > 0)
            rows.Add(("retention", ScanWords.Duration(scan.RetentionMs)));
        rows.Add(("hits", $"{details.Overview.Hits}, last {TimeText.Ago(details.Overview.LastHitMs, now)}"));
        rows.Add(("open alerts", details.Overview.OpenAlerts.ToString(s_numbers)));
        TableText.Write(screen, ["", ""], rows.Where(row => row.Item2.Length > 0).Select(row => (IReadOnlyList<string>)[row.Item1, row.Item2]));
        screen.Writer.WriteLine();
        TableText.Write(screen, ["HOST", "LINK", "REVISION", "LAST RUN", "NEXT RUN", "HITS", "READ", "BEHIND", "FAULT"], details.Agents.Select(agent => Row(agent, now)));
    }

    private static IReadOnlyList<string> Row(ScanOnAgent agent, DateTimeOffset now)
    {
        var link = agent.Online ? "online" : "offline";
        if (agent.State is not { } state)
            return [agent.AgentName, link, "-", "-", "-", "-", "-", "-", agent.Online ? "no word yet; an agent older than scans says none" : "no word since the controller started"];
        var lag = state.Sources.Aggregate(0UL, (sum, source) => sum + source.LagBytes);
        var faults = state.Sources.Where(source => source.Fault.Length > 0).Select(source => $"{source.Source}: {source.Fault}");
        return
        [
            agent.AgentName, link, state.Revision.ToString(s_numbers), TimeText.Ago(state.LastRunMs, now), state.NextRunMs == 0 ? "-" : TimeText.Local(state.NextRunMs),
            state.Hits.ToString(s_numbers), SizeText.Rounded(state.ReadBytes), lag == 0 ? "-" : SizeText.Rounded(lag), string.Join("; ", faults),
        ];
    }
}
