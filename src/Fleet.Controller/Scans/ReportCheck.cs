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

    /// <summary>The findings of a report; null with the fault named where it is malformed.</summary>
    public static IReadOnlyList<Finding>? Read(ScanReport report, string agentId, string agentName, DateTimeOffset now, out string fault)
    {
        fault = "";
        if (report.Number == 0 || report.SpoolId.Length is 0 or > LongestName)
            fault = "scan_report: number and spool_id are required";
        else if (report.Hits.Count + report.Summaries.Count + report.Gaps.Count > MostFindings)
            fault = $"scan_report has more than {MostFindings} findings";
        else
            fault = report.Hits.Select(Fault).Concat(report.Summaries.Select(Fault)).Concat(report.Gaps.Select(Fault))
                .FirstOrDefault(f => f.Length > 0) ?? "";
        if (fault.Length > 0)
            return null;

        Clean(report);
        var findings = new List<Finding>(report.Hits.Count + report.Summaries.Count + report.Gaps.Count);
        findings.AddRange(report.Hits.Select(hit => FindingMessages.Of(hit, agentId, agentName, now)));
        findings.AddRange(report.Summaries.Select(summary => FindingMessages.Of(summary, agentId, agentName, now)));
        findings.AddRange(report.Gaps.Select(gap => FindingMessages.Of(gap, agentId, agentName, now)));
        return findings;
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
