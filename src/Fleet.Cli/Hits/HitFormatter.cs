using Fleet.Cli.Logs;
using Fleet.Cli.Output;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Hits;

/// <summary>What is not a line, in words.</summary>
internal static class HitFormatter
{
    /// <summary>What the further lines of a record begin with, so that they are not taken for hits.</summary>
    public const string Margin = "    | ";

    /// <summary>Stands behind what an agent reported of a scan that it did not have.</summary>
    public const string NotAssigned = "(not assigned: not evaluated for alerts)";

    /// <summary>Lines that nobody saw.</summary>
    public static string Gap(StoredGap stored)
    {
        var gap = stored.Gap;
        var lost = (gap.LostLines, gap.LostBytes) switch
        {
            ( > 0, _) => $" ({gap.LostLines} lines)",
            (_, > 0) => $" ({SizeText.Rounded(gap.LostBytes)})",
            _ => "",
        };
        var between = (gap.SinceUs, gap.UntilUs) switch
        {
            ( > 0, > 0) => $"between {LineTime.Local(gap.SinceUs)} and {LineTime.Local(gap.UntilUs)}",
            ( > 0, _) => $"after {LineTime.Local(gap.SinceUs)}",
            (_, > 0) => $"before {LineTime.Local(gap.UntilUs)}",
            _ => "at an unknown time",
        };
        return $"lines {between} on {stored.AgentName}{(gap.Source.Length > 0 ? $" in {gap.Source}" : "")} were lost before they could be read: {gap.Cause}{lost}{(stored.NotAssigned ? $" {NotAssigned}" : "")}";
    }

    /// <summary>Lines that are only known by their number.</summary>
    public static string Summary(StoredSummary stored)
    {
        var summary = stored.Summary;
        var span = summary.FirstUs > 0 && summary.LastUs > 0 ? $" between {LineTime.Local(summary.FirstUs)} and {LineTime.Local(summary.LastUs)}" : "";
        return $"{summary.Count} more lines like this{span}, counted only: {summary.Template}{(stored.NotAssigned ? $" {NotAssigned}" : "")}";
    }

    /// <summary>When a hit was written; when it was seen where that is not known.</summary>
    public static long TimeUs(Hit hit) => hit.TimeUs > 0 ? hit.TimeUs : hit.SeenUs;
}
