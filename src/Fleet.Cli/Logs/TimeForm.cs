using System.Globalization;

namespace Fleet.Cli.Logs;

/// <summary>How times are written in lines: a form that has a name, or one that is spelt out.</summary>
internal static class TimeForm
{
    /// <summary>Those with names, as the agents know them.</summary>
    public static readonly string[] Names = ["iso8601", "rfc3164", "rfc5424", "accesslog", "ctime", "epoch", "klog", "json"];

    private static readonly DateTimeOffset s_sample = new(2026, 11, 20, 8, 1, 2, TimeSpan.Zero);

    /// <summary>Whether a form can be read by: with its name, or with hours and minutes in it.</summary>
    public static bool IsKnown(string text) => Names.Contains(text, StringComparer.OrdinalIgnoreCase) || IsSpeltOut(text);

    private static bool IsSpeltOut(string format)
    {
        if (format.AsSpan().IndexOfAny('H', 'h') < 0 || !format.Contains('m', StringComparison.Ordinal))
            return false;
        try
        {
            return DateTimeOffset.TryParseExact(s_sample.ToString(format, CultureInfo.InvariantCulture), format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
