using System.Globalization;

namespace Fleet.Controller.Alerts;

/// <summary>Spans of local time: <c>22:00-06:00</c>, <c>sat,sun 00:00-24:00</c>, <c>mon-fri 12:00-13:00</c>.</summary>
/// <remarks>A span past midnight belongs to the day it begins on.</remarks>
internal sealed class QuietHours
{
    private static readonly string[] s_days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    // More than a week of days: a rule that is always quiet is found out by this.
    private const int MostSteps = 20;

    private readonly Span[] _spans;

    private QuietHours(Span[] spans) => _spans = spans;

    private sealed record Span(bool[] Days, TimeSpan From, TimeSpan To)
    {
        /// <summary>How long it lasts from its beginning; past midnight where it ends before it begins.</summary>
        public TimeSpan Length => To > From ? To - From : To - From + TimeSpan.FromDays(1);
    }

    /// <summary>Reads spans.</summary>
    /// <exception cref="FormatException">One is malformed; the message names it.</exception>
    public static QuietHours Parse(IEnumerable<string> spans) => new([.. spans.Select(ParseSpan)]);

    /// <summary>When the quiet that reigns at a moment ends; null where there is none.</summary>
    /// <remarks>By the clock on the wall: a night in which the clock is changed is an hour shorter or longer.</remarks>
    public DateTimeOffset? QuietUntil(DateTimeOffset now, TimeZoneInfo zone)
    {
        DateTimeOffset? until = null;
        // Spans that touch make one quiet.
        for (var steps = 0; steps < MostSteps && EndAt(TimeZoneInfo.ConvertTime(until ?? now, zone).DateTime) is { } end; steps++)
            until = MomentOf(end, zone, until ?? now);
        return until;
    }

    private DateTime? EndAt(DateTime wall)
    {
        DateTime? latest = null;
        foreach (var span in _spans)
        {
            // Begun today or yesterday.
            for (var back = 0; back <= 1; back++)
            {
                var begin = wall.Date.AddDays(-back) + span.From;
                if (span.Days[(int)begin.DayOfWeek] && wall >= begin && wall < begin + span.Length && !(begin + span.Length <= latest))
                    latest = begin + span.Length;
            }
        }

        return latest;
    }

    private static DateTimeOffset MomentOf(DateTime wall, TimeZoneInfo zone, DateTimeOffset after)
    {
        // An hour that the clock leaps over: the moment of the leap.
        while (zone.IsInvalidTime(wall))
            wall = wall.AddMinutes(1);
        if (!zone.IsAmbiguousTime(wall))
            return new DateTimeOffset(wall, zone.GetUtcOffset(wall));
        // One that it shows twice: the first that is still to come.
        var moments = zone.GetAmbiguousTimeOffsets(wall).Select(offset => new DateTimeOffset(wall, offset)).Order().ToArray();
        return moments.Where(moment => moment > after).DefaultIfEmpty(moments[^1]).First();
    }

    private static Span ParseSpan(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var times = words.Length is 1 or 2 ? words[^1].Split('-') : [];
        if (times.Length != 2 || !TryTime(times[0], out var from) || !TryTime(times[1], out var to) || from == to || from >= TimeSpan.FromDays(1))
            throw new FormatException($"\"{text}\" is not a time range: write 22:00-06:00, or sat,sun 00:00-24:00");
        return new Span(words.Length == 2 ? ParseDays(words[0], text) : [.. Enumerable.Repeat(true, 7)], from, to);
    }

    private static bool[] ParseDays(string text, string whole)
    {
        var days = new bool[7];
        foreach (var part in text.ToLowerInvariant().Split(','))
        {
            var ends = part.Split('-');
            var (first, last) = (Array.IndexOf(s_days, ends[0]), Array.IndexOf(s_days, ends[^1]));
            if (ends.Length > 2 || first < 0 || last < 0)
                throw new FormatException($"\"{whole}\" names no days: write mon, tue, wed, thu, fri, sat, sun, lists and spans of them");
            for (var day = first; ; day = (day + 1) % 7)
            {
                days[day] = true;
                if (day == last)
                    break;
            }
        }

        return days;
    }

    // 24:00 is the end of the day.
    private static bool TryTime(string text, out TimeSpan time)
    {
        time = TimeSpan.FromDays(1);
        if (text == "24:00")
            return true;
        var known = TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock);
        time = clock.ToTimeSpan();
        return known;
    }
}
