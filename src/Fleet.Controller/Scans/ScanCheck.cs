using Fleet.Controller.Alerts;
using Fleet.Controller.Jobs;
using Fleet.LogSearch;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;
using Fleet.Protocol;
using Fleet.Protocol.Text;
using Google.Protobuf.Collections;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Scans;

/// <summary>
/// Checks a scan before anything of it is stored: patterns and filters are tried with the agents' own code. Each fault names its field and a hint.
/// </summary>
internal static class ScanCheck
{
    private const int LongestDescription = 1024;
    private const int MostJsonFields = 32;
    private const int MostQuietHours = 32;
    private const int MostChannels = 16;
    private const uint MostFirstLines = 1_000_000;
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    /// <summary>All that is wrong with a scan.</summary>
    /// <param name="scan">The scan.</param>
    /// <param name="channels">Names of the channels that there will be.</param>
    /// <param name="zone">Where quiet hours are counted.</param>
    public static IEnumerable<string> FindFaults(V1.ScanDefinition scan, IReadOnlySet<string> channels, TimeZoneInfo zone) =>
        Basics(scan).Concat(scan.Order is { } order ? Order(order) : ["order is required: what to look for, and where"])
            .Concat(scan.Alert is { } alert ? Alert(alert, channels, zone) : []);

    private static IEnumerable<string> Basics(V1.ScanDefinition scan)
    {
        if (ScanName.Fault(scan.Name) is { Length: > 0 } name)
            yield return name;
        if (OneLineText.FindFault(scan.Description, LongestDescription) is { } description)
            yield return $"description {description}";
        if (KnownScan.ReadTarget(scan.Target, out var fault) is null)
            yield return fault;
        if (Outside(scan.RetentionMs, TimeSpan.FromHours(1), 3650 * s_day))
            yield return "retention_ms must be 0 (the controller's default) or lie between 1 hour and 10 years";
    }

    private static IEnumerable<string> Order(V1.ScanOrder order)
    {
        if (order.Sources.Count is 0 or > Limits.LogSources)
            yield return $"order.sources has {order.Sources.Count} entries, 1 to {Limits.LogSources} are allowed";
        for (var i = 0; i < order.Sources.Count; i++)
        {
            if (SearchCheck.SourceFault($"order.sources[{i}]", order.Sources[i]) is { Length: > 0 } fault)
                yield return fault;
            var name = $"order.sources[{i}].journal.fields";
            foreach (var wrong in (order.Sources[i].Journal?.Fields ?? []).Select(field => FilterFault(name, field)).Where(IsFault))
                yield return wrong;
        }

        if (order.Patterns.Count is 0 or > Limits.LogPatterns)
            yield return $"order.patterns has {order.Patterns.Count} entries, 1 to {Limits.LogPatterns} are allowed";
        if (order.Exclude.Count > Limits.LogPatterns)
            yield return $"order.exclude has {order.Exclude.Count} entries, at most {Limits.LogPatterns} are allowed";
        if (order.JsonFields.Count > MostJsonFields)
            yield return $"order.json_fields has {order.JsonFields.Count} entries, at most {MostJsonFields} are allowed";
        foreach (var fault in order.Patterns.Select((pattern, i) => PatternFault($"order.patterns[{i}]", pattern.Pattern, pattern.Severity))
            .Concat(order.Exclude.Select((pattern, i) => PatternFault($"order.exclude[{i}]", pattern)))
            .Append(order.RecordStart is { } start ? PatternFault("order.record_start", start) : "")
            .Concat(order.JsonFields.Select(field => FilterFault("order.json_fields", field)))
            .Where(IsFault))
            yield return fault;

        if (!Enum.IsDefined(order.Encoding))
            yield return "order.encoding is none that this controller knows: UTF-8 or Latin-1";
        if (Outside(order.EveryMs, s_second, 30 * s_day))
            yield return "order.every_ms must be 0 (continuous) or lie between 1 second and 30 days";
        if (order.FirstRunLines > MostFirstLines)
            yield return $"order.first_run_lines is at most {MostFirstLines}";
    }

    private static IEnumerable<string> Alert(V1.AlertRule rule, IReadOnlySet<string> channels, TimeZoneInfo zone)
    {
        if (rule.Count > int.MaxValue)
            yield return $"alert.count is at most {int.MaxValue}";
        if (Outside(rule.WindowMs, s_second, AlertRules.LongestWindow))
            yield return "alert.window_ms must be 0 (5 minutes) or lie between 1 second and 1 day";
        if (rule.ForMs < 0 || rule.ForMs > s_day.TotalMilliseconds)
            yield return "alert.for_ms must lie between 0 and 1 day";
        if (Outside(rule.ResolveAfterMs, s_second, 30 * s_day))
            yield return "alert.resolve_after_ms must be 0 (5 minutes) or lie between 1 second and 30 days";
        if (!Enum.IsDefined(rule.Grouping))
            yield return "alert.grouping is none that this controller knows: host, fleet or template";
        if (!Enum.IsDefined(rule.Severity))
            yield return "alert.severity is none that this controller knows: info, warning, error or critical";
        if (QuietFault(rule.QuietHours, zone) is { Length: > 0 } quiet)
            yield return quiet;
        if (rule.Notify.Count > MostChannels || rule.Notify.Distinct(StringComparer.Ordinal).Count() < rule.Notify.Count)
            yield return $"alert.notify may name {MostChannels} channels, each once";
        foreach (var name in rule.Notify.Where(name => !channels.Contains(name)))
            yield return $"alert.notify: there is no channel {ScanName.Shown(name)}: apply it with the scan, or omit it";
    }

    private static string QuietFault(RepeatedField<string> spans, TimeZoneInfo zone)
    {
        if (spans.Count > MostQuietHours)
            return $"alert.quiet_hours has {spans.Count} spans, at most {MostQuietHours} are allowed";
        try
        {
            // Some Monday, so that a week is looked through from its beginning.
            var monday = new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
            return QuietHours.Parse(spans).QuietUntil(monday, zone) - monday > 7 * s_day
                ? "alert.quiet_hours leave no time in which anything would be sent: leave some, or name no channels in alert.notify"
                : "";
        }
        catch (FormatException e)
        {
            return $"alert.quiet_hours: {e.Message}";
        }
    }

    private static string PatternFault(string field, V1.LogPattern? pattern, V1.Severity severity = V1.Severity.Unspecified)
    {
        if (pattern is null || pattern.Text.Length is 0 or > Limits.LogPatternCharacters || pattern.Name.Length > Limits.LogPatternCharacters)
            return $"{field}: the text must have 1 to {Limits.LogPatternCharacters} characters, and a name no more";
        if (OneLineText.FindFault(pattern.Name, Limits.LogPatternCharacters) is { } name)
            return $"{field}.name {name}";
        if (!Enum.IsDefined(severity))
            return $"{field}.severity is none that this controller knows: info, warning, error or critical";
        try
        {
            var shown = pattern.Name.Length > 0 ? pattern.Name : pattern.Text;
            var options = (pattern.IgnoreCase ? PatternOptions.IgnoreCase : PatternOptions.None)
                | (pattern.WholeWord ? PatternOptions.WholeWord : PatternOptions.None);
            var kind = pattern.Fixed ? PatternKind.Fixed : PatternKind.Regex;
            LogSearcher.Check(new LogQuery { Patterns = [new LogPattern(shown, pattern.Text, kind, options)] });
            return "";
        }
        catch (LogQueryException e)
        {
            return $"{field}: {e.Message}";
        }
    }

    private static string FilterFault(string field, string filter)
    {
        try
        {
            FieldFilter.Parse(filter);
            return "";
        }
        catch (LogQueryException e)
        {
            return $"{field}: {e.Message}";
        }
    }

    private static bool Outside(long ms, TimeSpan least, TimeSpan most) => ms != 0 && (ms < least.TotalMilliseconds || ms > most.TotalMilliseconds);

    private static bool IsFault(string text) => text.Length > 0;
}
