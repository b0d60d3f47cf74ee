using Fleet.Controller.Dispatch;
using Fleet.Protocol;
using Fleet.Protocol.Units;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Jobs;

/// <summary>Checks the fields of requests for jobs; each fault names its field and the mend.</summary>
internal static class RequestCheck
{
    private const int LongestRequestId = 128;
    private const double HighestRate = 100_000;

    /// <summary>What is wrong with a request id; empty if nothing.</summary>
    public static string RequestIdFault(string id) =>
        id.Length is 0 or > LongestRequestId || id.Any(static c => c is <= ' ' or > '~')
            ? $"request_id must have 1 to {LongestRequestId} printable ASCII characters without blanks; make one up for each new job"
            : "";

    /// <summary>What is wrong with a summary; empty if nothing.</summary>
    public static string SummaryFault(string summary) =>
        summary.Length > Limits.SummaryCharacters || summary.Any(char.IsControl)
            ? $"summary must have at most {Limits.SummaryCharacters} characters, and no control characters"
            : "";

    /// <summary>What is wrong with the options; empty if nothing.</summary>
    public static string OptionsFault(JobOptions options)
    {
        if (options.DeliveryTimeoutMs < 0 || options.DeliveryTimeoutMs > Limits.DeliveryTimeout.TotalMilliseconds)
            return $"options.delivery_timeout_ms must lie between 0 and {Limits.DeliveryTimeout.TotalMilliseconds:F0} (7 days)";
        if (options.DeadlineMs < 0 || options.DeadlineMs > JobPlan.LongestDeadline.TotalMilliseconds)
            return $"options.deadline_ms must lie between 0 and {JobPlan.LongestDeadline.TotalMilliseconds:F0} (a year)";
        if (!double.IsFinite(options.RatePerSecond) || options.RatePerSecond < 0 || options.RatePerSecond > HighestRate)
            return $"options.rate_per_second must lie between 0 and {HighestRate}";
        // A rate slower than a start a day would only be the operator's slip, and would stretch the derived deadline for ever.
        if (options.RatePerSecond is > 0 and < 1.0 / 86_400)
            return "options.rate_per_second is less than one start a day; 0 sets no limit";
        if (options.StreamBytes > Limits.StreamedOutputBytes)
            return $"options.stream_bytes is at most {Limits.StreamedOutputBytes}";
        return ShareFault("options.max_concurrent", options.MaxConcurrent, lowest: 1)
            ?? ShareFault("options.max_failures", options.MaxFailures, lowest: 0)
            ?? "";
    }

    private static string? ShareFault(string field, string text, int lowest)
    {
        if (text.Length == 0)
            return null;
        if (!CountOrPercent.TryParse(text, out var share, out var error))
            return $"{field}: {error}";
        return share.Resolve(int.MaxValue) < lowest ? $"{field} must be at least {lowest}" : null;
    }
}
