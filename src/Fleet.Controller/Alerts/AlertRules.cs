using Fleet.Controller.Scans;
using Fleet.Protocol.V1;
using Fleet.Storage;

namespace Fleet.Controller.Alerts;

/// <summary>What decides about a finding: the rule of its scan with its defaults filled in.</summary>
/// <param name="Count">So many hits within the window raise it.</param>
/// <param name="Window">The window.</param>
/// <param name="For">The condition must have held so long.</param>
/// <param name="Grouping">What is one alert.</param>
/// <param name="ResolveAfter">Quiet for so long resolves it.</param>
/// <param name="MinSeverity">Only hits at least so severe.</param>
/// <param name="Quiet">When nothing is sent.</param>
/// <param name="Notify">Where messages go.</param>
internal sealed record AlertRules(
    long Count,
    TimeSpan Window,
    TimeSpan For,
    AlertRule.Types.Grouping Grouping,
    TimeSpan ResolveAfter,
    int MinSeverity,
    QuietHours Quiet,
    IReadOnlyList<string> Notify)
{
    private static readonly TimeSpan s_defaultWindow = TimeSpan.FromMinutes(5);

    /// <summary>The longest window; the judge looks back so far after a restart.</summary>
    public static readonly TimeSpan LongestWindow = TimeSpan.FromDays(1);

    /// <summary>A pattern's name for lines that were lost: they could have been anything.</summary>
    public const string GapPattern = "(lines lost)";

    /// <summary>The rule of a scan; null where it raises no alerts.</summary>
    public static AlertRules? Of(KnownScan scan)
    {
        var rule = scan.Definition.Alert ?? new AlertRule();
        return rule.Disabled ? null : new AlertRules(
            Math.Max(1, (long)Math.Min(rule.Count, int.MaxValue)),
            rule.WindowMs > 0 ? TimeSpan.FromMilliseconds(rule.WindowMs) : s_defaultWindow,
            TimeSpan.FromMilliseconds(rule.ForMs),
            rule.Grouping == AlertRule.Types.Grouping.Unspecified ? AlertRule.Types.Grouping.Host : rule.Grouping,
            rule.ResolveAfterMs > 0 ? TimeSpan.FromMilliseconds(rule.ResolveAfterMs) : s_defaultWindow,
            (int)rule.Severity,
            QuietHours.Parse(rule.QuietHours),
            [.. rule.Notify]);
    }

    /// <summary>Whether what came before counts: the first hit alone does not raise it at once.</summary>
    public bool NeedsWindow => Count > 1 || For > TimeSpan.Zero;

    /// <summary>Whether a finding counts: lines that were lost always, where there were any for all that is known.</summary>
    public bool Counts(Finding finding) =>
        finding.Kind == FindingKind.Gap ? finding.Severity != (int)Severity.Info : finding.Severity >= MinSeverity;

    /// <summary>What a finding is part of.</summary>
    public AlertKey KeyOf(Finding finding)
    {
        var pattern = finding.Kind == FindingKind.Gap ? GapPattern : AlertKey.Clean(finding.Pattern);
        return Grouping switch
        {
            AlertRule.Types.Grouping.Fleet => new AlertKey(finding.Scan, pattern, "", ""),
            AlertRule.Types.Grouping.Template => new AlertKey(finding.Scan, pattern, "", AlertKey.Clean(finding.Template)),
            _ => new AlertKey(finding.Scan, pattern, finding.AgentName, ""),
        };
    }
}

/// <summary>What is one alert, however many lines it has.</summary>
/// <param name="Scan">The scan.</param>
/// <param name="Pattern">The pattern.</param>
/// <param name="AgentName">The host; empty for the fleet.</param>
/// <param name="Template">The kind of line; empty for all.</param>
internal readonly record struct AlertKey(string Scan, string Pattern, string AgentName, string Template)
{
    private const char Between = '\u001f';

    /// <summary>As text: parts that cannot run into one another.</summary>
    public string Fingerprint => string.Join(Between, Scan, Pattern, AgentName, Template);

    /// <summary>A part as agents report it without the sign that keeps parts apart: two keys never have one fingerprint.</summary>
    public static string Clean(string part) => part.Replace(Between, ' ');
}
