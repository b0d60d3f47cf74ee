using Fleet.Controller.Alerts;
using Fleet.Controller.Scans;
using Fleet.Controller.Tests.Scans;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Tests.Alerts;

/// <summary>Rules and findings for a judge.</summary>
internal static class SomeRules
{
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static AlertRules Rule(Action<AlertRule>? change = null)
    {
        var rule = new AlertRule { Notify = { "ops" } };
        change?.Invoke(rule);
        var definition = SomeScans.Scan("oom", change: scan => scan.Alert = rule);
        var record = new ScanRecord { Name = "oom", Revision = 1, Definition = definition.ToByteArray(), ChangedAt = Start, ChangedBy = "ann" };
        return AlertRules.Of(KnownScan.Read(record)).ShouldNotBeNull();
    }

    public static AlertEvaluator Judge(AlertRules? rule, SilenceCache? silences = null, DateTimeOffset? since = null) =>
        new(scan => scan == "oom" ? rule : null, silences ?? new SilenceCache(), TimeZoneInfo.Utc, since ?? Start);

    /// <summary>A finding that was written, and arrived, so many seconds after the start.</summary>
    public static StoredFinding Hit(double seconds, string agent = "web1", string template = "killed", double? arrived = null, Action<FindingParts>? change = null)
    {
        var parts = new FindingParts();
        change?.Invoke(parts);
        return new StoredFinding(1, Start.AddSeconds(arrived ?? seconds), new Finding
        {
            Kind = parts.Kind,
            Scan = "oom",
            AgentId = "id-" + agent,
            AgentName = agent,
            Id = [1],
            Severity = (int)parts.Severity,
            Pattern = parts.Pattern,
            Template = template,
            At = Start.AddSeconds(seconds),
            Count = parts.Count,
            Text = "killed 7"u8.ToArray(),
        });
    }

    public static void TakeAt(this AlertEvaluator judge, params StoredFinding[] findings)
    {
        foreach (var finding in findings)
            judge.Take(finding, finding.ReceivedAt);
    }

    public static void TickAt(this AlertEvaluator judge, double seconds) => judge.Tick(Start.AddSeconds(seconds));

    internal sealed class FindingParts
    {
        public FindingKind Kind { get; set; }

        public Severity Severity { get; set; } = Severity.Error;

        public string Pattern { get; set; } = "oom";

        public long Count { get; set; } = 1;
    }
}
