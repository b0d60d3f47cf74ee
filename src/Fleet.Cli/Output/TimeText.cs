using System.Globalization;

namespace Fleet.Cli.Output;

/// <summary>Points in time, for people: in the operator's own time zone, and how long ago.</summary>
internal static class TimeText
{
    /// <summary>Unix milliseconds as local date and time; "-" for 0.</summary>
    public static string Local(long unixMs) =>
        unixMs == 0 ? "-" : DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>"3 min ago"; "-" for 0.</summary>
    public static string Ago(long unixMs, DateTimeOffset now)
    {
        if (unixMs == 0)
            return "-";
        var age = now - DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
        return age.TotalSeconds switch
        {
            < 5 => "now",
            < 120 => $"{(int)age.TotalSeconds} s ago",
            < 7200 => $"{(int)age.TotalMinutes} min ago",
            < 172800 => $"{(int)age.TotalHours} h ago",
            _ => $"{(int)age.TotalDays} d ago",
        };
    }
}
