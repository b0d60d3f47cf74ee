using Fleet.Protocol.Text;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Scans;

/// <summary>Turns a report into what is stored. Everything is checked: nothing that an agent says is trusted.</summary>
internal static class ReportCheck
{
    private const int MostFindings = 10_000;
    private const int LongestId = 64;
    private const int LongestName = 256;
    private const int LongestText = 8 * 1024;
    private const int LongestTemplate = 4 * 1024;
    private const int MostExamples = 10;

    /// <summary>What is wrong with a report; empty where it can be taken.</summary>
    public static string FindFault(ScanReport report)
    {
        if (report.Number == 0 || report.SpoolId.Length is 0 or > LongestName)
            return "scan_report: number and spool_id are required";
        if (report.Hits.Count + report.Summaries.Count + report.Gaps.Count > MostFindings)
            return $"scan_report has more than {MostFindings} findings";
        return report.Hits.Select(Fault).Concat(report.Summaries.Select(Fault)).Concat(report.Gaps.Select(Fault))
            .FirstOrDefault(f => f.Length > 0) ?? "";
    }

    /// <summary>The findings of a report without fault, but for those of scans that there never were.</summary>
    /// <param name="report">The report.</param>
    /// <param name="agentId">The agent's id.</param>
    /// <param name="agentName">Its name.</param>
    /// <param name="now">The present time.</param>
    /// <param name="standing">How the agent stands to a scan, in a revision (0: not said), when it read something of it.</param>
    /// <param name="unknown">How many are left out.</param>
    public static IReadOnlyList<Finding> Read(
        ScanReport report, string agentId, string agentName, DateTimeOffset now, Func<string, ulong, DateTimeOffset, ScanStanding> standing, out int unknown)
    {
        Clean(report);
        var findings = new List<Finding>(report.Hits.Count + report.Summaries.Count + report.Gaps.Count);
        foreach (var hit in report.Hits)
            Add(FindingMessages.Of(hit, agentId, agentName, now), hit.ScanRevision, hit.SeenUs);
        foreach (var summary in report.Summaries)
            Add(FindingMessages.Of(summary, agentId, agentName, now), summary.ScanRevision, summary.LastUs);
        foreach (var gap in report.Gaps)
            Add(FindingMessages.Of(gap, agentId, agentName, now), 0, gap.UntilUs);
        unknown = report.Hits.Count + report.Summaries.Count + report.Gaps.Count - findings.Count;
        return findings;

        void Add(Finding finding, ulong revision, long readUs)
        {
            var how = standing(finding.Scan, revision, FindingMessages.ReadAt(readUs, now));
            if (how != ScanStanding.Unknown)
                findings.Add(how == ScanStanding.Assigned ? finding : finding with { IsUnassigned = true });
        }
    }

    /// <summary>What is one line of text by its meaning becomes one; what was read from logs is left as it is.</summary>
    private static void Clean(ScanReport report)
    {
        foreach (var hit in report.Hits)
            (hit.Pattern, hit.Source, hit.Template, hit.Unit) = (OneLineText.Clean(hit.Pattern), OneLineText.Clean(hit.Source), OneLineText.Clean(hit.Template), OneLineText.Clean(hit.Unit));
        foreach (var summary in report.Summaries)
            (summary.Pattern, summary.Source, summary.Template) = (OneLineText.Clean(summary.Pattern), OneLineText.Clean(summary.Source), OneLineText.Clean(summary.Template));
        foreach (var gap in report.Gaps)
            (gap.Cause, gap.Source) = (OneLineText.Clean(gap.Cause), OneLineText.Clean(gap.Source));
    }

    private static string Fault(Hit hit) =>
        IdFault("hit", hit.Id, hit.Scan) is { Length: > 0 } fault ? fault
        : hit.Text.Length > LongestText || hit.Template.Length > LongestTemplate || hit.Pattern.Length > LongestText
            || hit.Source.Length > LongestTemplate || hit.Cursor.Length > LongestTemplate || hit.Unit.Length > LongestTemplate
            ? "scan_report.hits: a text is too long" : "";

    private static string Fault(HitSummary summary) =>
        IdFault("summary", summary.Id, summary.Scan) is { Length: > 0 } fault ? fault
        : summary.Template.Length > LongestTemplate || summary.Pattern.Length > LongestText || summary.Source.Length > LongestTemplate
            || summary.Examples.Count > MostExamples || summary.Examples.Any(example => example.Length > LongestText)
            ? "scan_report.summaries: a text is too long"
        : summary.Count is 0 or > long.MaxValue / 4 ? "scan_report.summaries: count is out of range" : "";

    private static string Fault(ScanGap gap) =>
        IdFault("gap", gap.Id, gap.Scan) is { Length: > 0 } fault ? fault
        : gap.Cause.Length > LongestTemplate || gap.Source.Length > LongestTemplate || gap.FromCursor.Length > LongestTemplate
            ? "scan_report.gaps: a text is too long" : "";

    private static string IdFault(string what, ByteString id, string scan) =>
        id.Length is 0 or > LongestId ? $"scan_report: a {what}'s id must have 1 to {LongestId} bytes"
        : scan.Length is 0 or > LongestName || !OneLineText.IsClean(scan) ? $"scan_report: a {what} names no scan" : "";
}
