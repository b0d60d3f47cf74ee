using Fleet.Controller.Dispatch;
using Fleet.Protocol;
using Fleet.Protocol.Units;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Jobs;

/// <summary>Checks the fields of requests for jobs; each fault names its field and a hint.</summary>
internal static class RequestCheck
{
    private const int LongestRequestId = 128;
    private const double HighestRate = 100_000;

    /// <summary>What is wrong with a request id; empty if nothing.</summary>
    public static string RequestIdFault(string id) =>
        id.Length is 0 or > LongestRequestId || id.Any(static c => c is <= ' ' or > '~')
            ? $"request_id must have 1 to {LongestRequestId} printable ASCII characters without blanks; make one up for each new job"
            : "";

    /// <summary>What is wrong with a summary; empty if nothing. What it holds besides is cleaned, not refused: it only repeats a command that may hold anything.</summary>
    public static string SummaryFault(string summary) =>
        summary.Length > Limits.SummaryCharacters ? $"the job's summary has {summary.Length} characters, at most {Limits.SummaryCharacters} are allowed" : "";

    /// <summary>What is wrong with the options; empty if nothing.</summary>
    public static string OptionsFault(JobOptions options)
    {
        if (options.DeliveryTimeoutMs < 0 || options.DeliveryTimeoutMs > Limits.DeliveryTimeout.TotalMilliseconds)
            return "the time to wait for hosts that are offline must lie between 0 and 7 days";
        if (options.DeadlineMs < 0 || options.DeadlineMs > JobPlan.LongestDeadline.TotalMilliseconds)
            return "the deadline must lie between 0 and a year";
        if (!double.IsFinite(options.RatePerSecond) || options.RatePerSecond < 0 || options.RatePerSecond > HighestRate)
            return $"the rate must lie between 0 and {HighestRate} hosts per second";
        if (options.HasRatePerSecond && options.RatePerSecond == 0)
            return "a rate of 0 hosts per second starts none: give more, or leave the rate out for no limit";
        // A rate slower than a start a day would only be the operator's slip, and would stretch the derived deadline for ever.
        if (options.RatePerSecond is > 0 and < 1.0 / 86_400)
            return "the rate is less than one host a day: give more, or leave the rate out for no limit";
        if (options.StreamBytes > Limits.StreamedOutputBytes)
            return $"at most {Limits.StreamedOutputBytes} bytes of each stream can be followed (stream_bytes)";
        return ShareFault("the number of hosts at once (max_concurrent)", options.MaxConcurrent, lowest: 1)
            ?? ShareFault("the number of failures (max_failures)", options.MaxFailures, lowest: 0)
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
