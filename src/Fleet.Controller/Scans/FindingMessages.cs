using System.Text;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Scans;

/// <summary>Findings on the wire and in the store. What the store searches stands in its columns, the rest in the message beside them.</summary>
internal static class FindingMessages
{
    private static readonly TimeSpan s_ahead = TimeSpan.FromDays(1);

    public static Finding Of(Hit hit, string agentId, string agentName, DateTimeOffset now)
    {
        var rest = hit.Clone();
        (rest.Id, rest.Text) = (ByteString.Empty, ByteString.Empty);
        (rest.Scan, rest.Pattern, rest.Source, rest.Template, rest.Severity) = ("", "", "", "", Severity.Unspecified);
        (rest.TimeUs, rest.SeenUs) = (Believed(hit.TimeUs, now), Believed(hit.SeenUs, now));
        rest.Unit = OneLineText.Clean(hit.Unit);
        return new Finding
        {
            Kind = FindingKind.Hit,
            Scan = hit.Scan,
            AgentId = agentId,
            AgentName = agentName,
            Id = hit.Id.ToByteArray(),
            Severity = SeverityOf(hit.Severity),
            Pattern = OneLineText.Clean(hit.Pattern),
            Source = OneLineText.Clean(hit.Source),
            Template = OneLineText.Clean(hit.Template),
            At = TimeOf(hit.TimeUs, now) ?? TimeOf(hit.SeenUs, now) ?? now,
            Text = hit.Text.ToByteArray(),
            Data = rest.ToByteArray(),
        };
    }

    public static Finding Of(HitSummary reported, string agentId, string agentName, DateTimeOffset now)
    {
        var summary = reported.Clone();
        (summary.FirstUs, summary.LastUs) = (Believed(reported.FirstUs, now), Believed(reported.LastUs, now));
        (summary.Pattern, summary.Source) = (OneLineText.Clean(reported.Pattern), OneLineText.Clean(reported.Source));
        summary.Template = OneLineText.Clean(reported.Template);
        return new Finding
        {
            Kind = FindingKind.Summary,
            Scan = summary.Scan,
            AgentId = agentId,
            AgentName = agentName,
            Id = summary.Id.ToByteArray(),
            Severity = SeverityOf(summary.Severity),
            Pattern = summary.Pattern,
            Source = summary.Source,
            Template = summary.Template,
            At = TimeOf(summary.LastUs, now) ?? now,
            Count = (long)summary.Count,
            Text = summary.Examples.Count > 0 ? summary.Examples[0].ToByteArray() : [],
            Data = summary.ToByteArray(),
        };
    }

    public static Finding Of(ScanGap reported, string agentId, string agentName, DateTimeOffset now)
    {
        var gap = reported.Clone();
        (gap.SinceUs, gap.UntilUs) = (Believed(reported.SinceUs, now), Believed(reported.UntilUs, now));
        (gap.Source, gap.Cause) = (OneLineText.Clean(reported.Source), OneLineText.Clean(reported.Cause));
        return new Finding
        {
            Kind = FindingKind.Gap,
            Scan = gap.Scan,
            AgentId = agentId,
            AgentName = agentName,
            Id = gap.Id.ToByteArray(),
            // Nobody knows what was lost; of the moment in which a log was copied and cut not even whether something was.
            Severity = (int)(gap.MaybeEmpty ? Severity.Info : Severity.Warning),
            Source = gap.Source,
            At = TimeOf(gap.UntilUs, now) ?? now,
            Count = 0,
            Text = Encoding.UTF8.GetBytes(gap.Cause),
            Data = gap.ToByteArray(),
        };
    }

    /// <summary>When an agent says that it read something; now where that is no time to be believed.</summary>
    public static DateTimeOffset ReadAt(long us, DateTimeOffset now) => TimeOf(us, now) ?? now;

    public static Hit ToHit(Finding finding)
    {
        var hit = Hit.Parser.ParseFrom(finding.Data);
        (hit.Id, hit.Text) = (UnsafeByteOperations.UnsafeWrap(finding.Id), UnsafeByteOperations.UnsafeWrap(finding.Text));
        (hit.Scan, hit.Pattern, hit.Source, hit.Template) = (finding.Scan, finding.Pattern, finding.Source, finding.Template);
        hit.Severity = (Severity)finding.Severity;
        return hit;
    }

    public static HitSummary ToSummary(Finding finding)
    {
        var summary = HitSummary.Parser.ParseFrom(finding.Data);
        summary.Severity = (Severity)finding.Severity;
        return summary;
    }

    public static ScanGap ToGap(Finding finding) => ScanGap.Parser.ParseFrom(finding.Data);

    // A time that is none would be shown as one.
    private static long Believed(long us, DateTimeOffset now) => TimeOf(us, now) is null ? 0 : us;

    private static int SeverityOf(Severity severity) =>
        (int)(severity is > Severity.Unspecified and <= Severity.Critical ? severity : Severity.Warning);

    // Times of hosts are not trusted to be dates; and one far in the future would be the newest for years, and never grow old.
    private static DateTimeOffset? TimeOf(long us, DateTimeOffset now)
    {
        if (us is <= 0 or > 253_402_300_799_000_000)
            return null;
        var time = DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond);
        return time <= now + s_ahead ? time : null;
    }
}
