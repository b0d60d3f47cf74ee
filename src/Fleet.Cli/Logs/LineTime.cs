using System.Globalization;

namespace Fleet.Cli.Logs;

/// <summary>Times of log lines, for people: in the operator's own time zone.</summary>
internal static class LineTime
{
    /// <summary>Unix microseconds as local date and time to the millisecond.</summary>
    public static string Local(long unixUs) => At(unixUs).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>The point in time; null where it is not known, or is none that can be.</summary>
    public static DateTimeOffset? Known(long unixUs) =>
        unixUs is > 0 and < 200_000_000_000_000_000 / TimeSpan.TicksPerMicrosecond ? At(unixUs) : null;

    // What a host sends is not trusted to be a date.
    private static DateTimeOffset At(long unixUs) =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(unixUs, 0, 200_000_000_000_000_000 / TimeSpan.TicksPerMicrosecond) * TimeSpan.TicksPerMicrosecond);
}
