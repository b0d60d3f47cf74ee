using Fleet.Cli.Output;
using Fleet.Protocol.Units;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans;

/// <summary>Parts of scans in words, as scan files have them.</summary>
internal static class ScanFormatter
{
    public static string Severity(Severity severity) => severity switch
    {
        Protocol.V1.Severity.Info => "info",
        Protocol.V1.Severity.Warning => "warning",
        Protocol.V1.Severity.Error => "error",
        Protocol.V1.Severity.Critical => "critical",
        _ => "-",
    };

    /// <summary>How a severity looks.</summary>
    public static TextStyle Style(Severity severity) => severity switch
    {
        Protocol.V1.Severity.Critical => TextStyle.RedBold,
        Protocol.V1.Severity.Error => TextStyle.Red,
        Protocol.V1.Severity.Warning => TextStyle.Yellow,
        _ => TextStyle.Blue,
    };

    public static string Every(long ms) => ms <= 0 ? "continuous" : Duration(ms);

    public static string Duration(long ms) => DurationText.Format(TimeSpan.FromMilliseconds(Math.Clamp(ms, 0, (long)TimeSpan.MaxValue.TotalMilliseconds)));

    public static string Source(LogSource source) => source.SourceCase switch
    {
        LogSource.SourceOneofCase.Files => source.Files.Path + (source.Files.Rotated ? "" : " (live file only)"),
        LogSource.SourceOneofCase.Journal => "journal" + (source.Journal.Path.Length > 0 ? $" at {source.Journal.Path}" : "")
            + (source.Journal.Fields.Count > 0 ? $": {string.Join(", ", source.Journal.Fields)}" : ""),
        LogSource.SourceOneofCase.Kernel => "kernel",
        _ => "?",
    };

    public static string Pattern(LogPattern pattern)
    {
        var words = new List<string>();
        if (pattern.Fixed)
            words.Add("text");
        if (pattern.IgnoreCase)
            words.Add("ignore case");
        if (pattern.WholeWord)
            words.Add("whole word");
        return pattern.Text + (words.Count > 0 ? $"  ({string.Join(", ", words)})" : "");
    }

    public static string Grouping(AlertRule.Types.Grouping grouping) => grouping switch
    {
        AlertRule.Types.Grouping.Fleet => "fleet",
        AlertRule.Types.Grouping.Template => "template",
        _ => "host",
    };

    public static string Alert(AlertRule? rule)
    {
        if (rule is null || rule.Disabled)
            return rule is null ? "at the first hit, per host" : "off";
        var text = rule.Count <= 1 ? "at the first hit" : $"{rule.Count} hits{(rule.WindowMs > 0 ? $" within {Duration(rule.WindowMs)}" : "")}";
        text += rule.ForMs > 0 ? $" for {Duration(rule.ForMs)}" : "";
        text += rule.Severity != Protocol.V1.Severity.Unspecified ? $", {Severity(rule.Severity)} or higher" : "";
        text += $", per {Grouping(rule.Grouping)}";
        text += rule.ResolveAfterMs > 0 ? $", resolved after {Duration(rule.ResolveAfterMs)} without hits" : "";
        text += rule.QuietHours.Count > 0 ? $", muted {string.Join(" and ", rule.QuietHours)}" : "";
        return text + (rule.Notify.Count > 0 ? $"; to {string.Join(", ", rule.Notify)}" : "; only recorded");
    }
}
