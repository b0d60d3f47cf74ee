using System.Globalization;
using Fleet.Cli.Output;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans;

/// <summary>Scans as tables.</summary>
internal static class ScanTables
{
    // 2001 to 9999; whatever lies outside is no time, and an agent may say anything.
    private const ulong LeastTime = 1_000_000_000_000;
    private const ulong MostTime = 253_402_300_799_999;
    private static readonly CultureInfo s_numbers = CultureInfo.InvariantCulture;

    public static void List(Screen screen, IReadOnlyCollection<ScanOverview> scans, DateTimeOffset now)
    {
        TableText.Write(screen, ["SCAN", "TARGET", "EVERY", "HOSTS", "ONLINE", "ERRORS", "HITS", "LAST HIT", "ALERTS", "STATE"], scans.Select(scan => (IReadOnlyList<string>)
        [
            scan.Definition.Name, scan.Definition.Target, ScanFormatter.Every(scan.Definition.Order?.EveryMs ?? 0), scan.Agents.ToString(s_numbers), scan.AgentsOnline.ToString(s_numbers),
            scan.AgentsFailed.ToString(s_numbers), scan.Hits.ToString(s_numbers), TimeText.Ago(scan.LastHitMs, now), scan.OpenAlerts.ToString(s_numbers),
            scan.Definition.Order?.Paused == true ? "paused" : "on",
        ]));
        var atFault = scans.Count(scan => scan.AgentsFailed > 0);
        screen.Note($"{scans.Count} {(scans.Count == 1 ? "scan" : "scans")}{(atFault > 0 ? $", {atFault} with errors; see: fleet scan show NAME" : "")}");
    }

    public static void Show(Screen screen, ScanDetails details, DateTimeOffset now)
    {
        var (scan, order) = (details.Overview.Definition, details.Overview.Definition.Order ?? new ScanOrder());
        var rows = new List<(string, string)>
        {
            ("name", scan.Name), ("description", scan.Description), ("target", scan.Target), ("revision", Revision(order.Revision)),
            ("changed", Changed(details.Overview, now)), ("state", order.Paused ? "paused" : "on"), ("every", ScanFormatter.Every(order.EveryMs)),
            ("first run", order.FirstRunLines == 0 ? "now" : $"last {order.FirstRunLines} lines"),
        };
        rows.AddRange(order.Sources.Select(source => ("source", ScanFormatter.Source(source))));
        rows.AddRange(order.Patterns.Select(p => ($"pattern {p.Pattern.Name}", $"{ScanFormatter.Severity(p.Severity)}: {ScanFormatter.Pattern(p.Pattern)}")));
        rows.AddRange(order.Exclude.Select(pattern => ("not", ScanFormatter.Pattern(pattern))));
        rows.AddRange(order.JsonFields.Select(field => ("json", field)));
        if (order.RecordStart is { } start)
            rows.Add(("record start", ScanFormatter.Pattern(start)));
        if (order.HitsPerMinute > 0)
            rows.Add(("hits per minute", order.HitsPerMinute.ToString(s_numbers)));
        rows.Add(("alert", ScanFormatter.Alert(scan.Alert)));
        if (scan.RetentionMs > 0)
            rows.Add(("retention", ScanFormatter.Duration(scan.RetentionMs)));
        rows.Add(("hits", $"{details.Overview.Hits}, last {TimeText.Ago(details.Overview.LastHitMs, now)}"));
        rows.Add(("open alerts", details.Overview.OpenAlerts.ToString(s_numbers)));
        TableText.Write(screen, ["", ""], rows.Where(row => row.Item2.Length > 0).Select(row => (IReadOnlyList<string>)[row.Item1, row.Item2]));
        screen.Writer.WriteLine();
        TableText.Write(screen, ["HOST", "STATUS", "REVISION", "LAST RUN", "NEXT RUN", "HITS", "READ", "LAG", "ERRORS"], details.Agents.Select(agent => Row(agent, order.EveryMs == 0, now)));
    }

    private static IReadOnlyList<string> Row(ScanOnAgent agent, bool isContinuous, DateTimeOffset now)
    {
        var link = agent.Online ? "online" : "offline";
        if (agent.State is not { } state)
            return [agent.AgentName, link, "-", "-", "-", "-", "-", "-", agent.Online ? "no state reported yet (agents without scans never report one)" : "no state reported since the controller started"];
        var lag = state.Sources.Aggregate(0UL, (sum, source) => sum + source.LagBytes);
        var faults = state.Sources.Where(source => source.Error.Length > 0).Select(source => $"{source.Source}: {source.Error}");
        return
        [
            agent.AgentName, link, Revision(state.Revision), LastRun(state, isContinuous, now), state.NextRunMs == 0 ? "-" : TimeText.Local(state.NextRunMs),
            state.Hits.ToString(s_numbers), SizeText.Rounded(state.ReadBytes), lag == 0 ? "-" : SizeText.Rounded(lag), string.Join("; ", faults),
        ];
    }

    // A continuous scan runs when something is written: nothing was, since the agent started.
    private static string LastRun(ScanState state, bool isContinuous, DateTimeOffset now) =>
        isContinuous && state.LastRunMs == 0 ? "following" : TimeText.Ago(state.LastRunMs, now);

    private static string Changed(ScanOverview overview, DateTimeOffset now) =>
        overview.ChangedMs == 0 ? "" : $"{TimeText.Ago(overview.ChangedMs, now)} by {overview.ChangedBy}";

    // A revision is the time, in milliseconds, at which the scan was changed, or a little more where it was changed twice at once.
    private static string Revision(ulong revision) =>
        revision is < LeastTime or > MostTime ? revision.ToString(s_numbers) : DateTimeOffset.FromUnixTimeMilliseconds((long)revision).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", s_numbers);
}
