using System.Globalization;

namespace Fleet.LogSearch.Times;

/// <summary>From when to when.</summary>
/// <param name="Since">The earliest time, included; null for the beginning.</param>
/// <param name="Until">The latest time, included; null for the end.</param>
public sealed record TimeWindow(DateTimeOffset? Since, DateTimeOffset? Until)
{
    private static readonly string[] s_forms =
    [
        "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss",
        "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
    ];

    private static readonly string[] s_zonedForms =
    [
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss zzz",
    ];

    // Beyond these the calendar itself ends.
    private const double LargestEpoch = 6e10;
    private static readonly TimeSpan s_longestAgo = TimeSpan.FromDays(365 * 100);

    /// <summary>All times.</summary>
    public static TimeWindow Any { get; } = new(null, null);

    /// <summary>Whether there is any bound.</summary>
    public bool IsBounded => Since is not null || Until is not null;

    /// <summary>Whether a time, in UTC ticks, lies inside.</summary>
    internal bool Contains(long utcTicks) =>
        (Since is null || utcTicks >= Since.Value.UtcTicks) && (Until is null || utcTicks <= Until.Value.UtcTicks);

    /// <summary>Reads one bound: <c>90s</c>, <c>5m</c>, <c>1h30m</c>, <c>2d</c>, <c>1w</c> ago; <c>now</c>, <c>today</c>, <c>yesterday</c>;
    /// <c>08:00</c> today; <c>2026-11-20 08:00</c>; ISO 8601; <c>@1763625600</c>.</summary>
    /// <param name="text">The bound.</param>
    /// <param name="time">Tells what "ago" and "today" mean, and the time zone of times without one.</param>
    /// <exception cref="LogQueryException">The form is not known.</exception>
    public static DateTimeOffset ParseBound(string text, TimeProvider time)
    {
        DateTimeOffset now = TimeZoneInfo.ConvertTime(time.GetUtcNow(), time.LocalTimeZone);
        DateTimeOffset? word = text switch
        {
            "now" => now,
            "today" => Local(now.Date, time),
            "yesterday" => Local(now.Date.AddDays(-1), time),
            _ => null,
        };
        if (word is not null)
        {
            return word.Value;
        }

        if (TryAgo(text, out TimeSpan ago))
        {
            return ago <= s_longestAgo ? now - ago
                : throw new LogQueryException($"'{text}' lies more than {s_longestAgo.TotalDays / 365:F0} years back: leave the bound away to mean all of it");
        }

        CultureInfo culture = CultureInfo.InvariantCulture;
        if (text.StartsWith('@') && double.TryParse(text.AsSpan(1), NumberStyles.Float, culture, out double epoch) && Math.Abs(epoch) < LargestEpoch)
        {
            return DateTimeOffset.UnixEpoch.AddSeconds(epoch);
        }

        if (DateTime.TryParseExact(text, s_forms, culture, DateTimeStyles.None, out DateTime local))
        {
            return Local(local, time);
        }

        if (DateTimeOffset.TryParseExact(text, s_zonedForms, culture, DateTimeStyles.AssumeUniversal, out DateTimeOffset zoned))
        {
            return zoned;
        }

        if (TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss"], culture, DateTimeStyles.None, out TimeOnly clock))
        {
            return Local(now.Date + clock.ToTimeSpan(), time);
        }

        throw new LogQueryException(
            $"'{text}' is not a known time: write 90s, 5m, 1h30m, 2d or 1w (ago), today, yesterday, 08:00, \"2026-11-20 08:00\", 2026-11-20T08:00:00Z or @1763625600");
    }

    private static DateTimeOffset Local(DateTime local, TimeProvider time) => new(local, time.LocalTimeZone.GetUtcOffset(local));

    private static bool TryAgo(string text, out TimeSpan ago)
    {
        ago = TimeSpan.Zero;
        double seconds = 0;
        int digits = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]))
            {
                digits++;
                continue;
            }

            double unit = text[i] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, 'w' => 604800, _ => 0 };
            if (digits is 0 or > 8 || unit == 0)
            {
                return false;
            }

            seconds += unit * int.Parse(text.AsSpan(i - digits, digits), CultureInfo.InvariantCulture);
            digits = 0;
        }

        ago = TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2));
        return digits == 0 && ago > TimeSpan.Zero;
    }
}
