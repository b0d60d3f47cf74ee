using System.Globalization;
using Fleet.Cli.Install;
using Fleet.Cli.Output;
using Fleet.Cli.Scans;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Alerts;

/// <summary>Alerts and silences as tables.</summary>
internal static class AlertTables
{
    public static void List(Screen screen, IReadOnlyCollection<Alert> alerts, DateTimeOffset now)
    {
        TableText.Write(screen, ["ALERT", "STATE", "SEVERITY", "RULE", "HOSTS", "HITS", "SINCE", "LAST HIT", "NOTIFIED"], alerts.Select(alert => (IReadOnlyList<string>)
        [
            alert.Id, AlertFormatter.State(alert), ScanFormatter.Severity(alert.Severity), $"{alert.Scan}/{alert.Pattern}", AlertFormatter.Where(alert),
            alert.Count.ToString(CultureInfo.InvariantCulture), TimeText.Ago(alert.StartedMs, now), TimeText.Ago(alert.LastHitMs, now), AlertFormatter.Told(alert),
        ]));
        screen.Note($"{alerts.Count} {(alerts.Count == 1 ? "alert" : "alerts")}, {alerts.Count(alert => alert.State == Alert.Types.State.Firing)} firing");
    }

    public static void Show(Screen screen, Alert alert, DateTimeOffset now)
    {
        var rows = new List<(string, string)>
        {
            ("alert", alert.Id), ("state", AlertFormatter.State(alert)), ("severity", ScanFormatter.Severity(alert.Severity)), ("rule", $"{alert.Scan}/{alert.Pattern}"),
            ("template", alert.Template), ("hosts", AlertFormatter.Where(alert)), ("hits", alert.Count.ToString(CultureInfo.InvariantCulture)),
            ("since", $"{TimeText.Local(alert.StartedMs)} ({TimeText.Ago(alert.StartedMs, now)})"),
            ("fired", TimeText.Local(alert.FiredMs)), ("last hit", $"{TimeText.Local(alert.LastHitMs)} ({TimeText.Ago(alert.LastHitMs, now)})"),
            ("resolved", TimeText.Local(alert.ResolvedMs)),
            ("acknowledged", alert.AcknowledgedBy.Length > 0 ? $"by {alert.AcknowledgedBy}: {alert.Acknowledgement}" : "-"),
            ("silence", alert.SilenceId),
        };
        rows.AddRange(alert.Examples.Select(example => ("example", example)));
        rows.AddRange(alert.Deliveries.Select(delivery => ($"{delivery.Status} to {delivery.Channel}", Delivery(delivery))));
        TableText.Write(screen, ["", ""], rows.Where(row => row.Item2.Length > 0).Select(row => (IReadOnlyList<string>)[row.Item1, row.Item2]));
        screen.Note($"see its hits: {ShellText.Line(["fleet", "hits", "--scan", alert.Scan, "--pattern", alert.Pattern])}");
    }

    public static void Silences(Screen screen, IReadOnlyCollection<Silence> silences) =>
        TableText.Write(screen, ["SILENCE", "SCAN", "PATTERN", "HOST", "UNTIL", "BY", "COMMENT"], silences.Select(silence => (IReadOnlyList<string>)
        [
            silence.Id, Any(silence.Scan), Any(silence.Pattern), Any(silence.AgentName), TimeText.Local(silence.ExpiresMs), silence.CreatedBy, silence.Comment,
        ]));

    private static string Any(string glob) => glob.Length == 0 ? "*" : glob;

    private static string Delivery(Delivery delivery)
    {
        if (delivery.SentMs > 0)
            return $"sent {TimeText.Local(delivery.SentMs)}, attempt {delivery.Attempts}";
        var state = delivery.GivenUp ? "given up" : "not sent";
        return $"{state} after {delivery.Attempts} attempts{(delivery.LastError.Length > 0 ? $": {delivery.LastError}" : "")}";
    }
}
