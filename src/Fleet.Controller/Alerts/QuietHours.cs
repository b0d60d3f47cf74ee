using System.Globalization;

namespace Fleet.Controller.Alerts;

/// <summary>Spans of local time: <c>22:00-06:00</c>, <c>sat,sun 00:00-24:00</c>, <c>mon-fri 12:00-13:00</c>. A span past midnight belongs to the day it begins on.</summary>
internal sealed class QuietHours
{
    private static readonly string[] s_days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

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
    /// <param name="now">The moment, in local time.</param>
    public DateTimeOffset? QuietUntil(DateTimeOffset now)
    {
        DateTimeOffset? until = null;
        // Spans that touch make one quiet; a week of them is the most there can be.
        for (var (at, steps) = (now, 0); steps < 16 && EndAt(at) is { } end && end > at; steps++)
            until = at = end;
        return until;
    }

    private DateTimeOffset? EndAt(DateTimeOffset now)
    {
        DateTimeOffset? latest = null;
        foreach (var span in _spans)
        {
            // Begun today or yesterday.
            for (var back = 0; back <= 1; back++)
            {
                var day = now.Date.AddDays(-back);
                var begin = new DateTimeOffset(day + span.From, now.Offset);
                if (span.Days[(int)day.DayOfWeek] && now >= begin && now < begin + span.Length && !(begin + span.Length <= latest))
                    latest = begin + span.Length;
            }
        }

        return latest;
    }

    private static Span ParseSpan(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var times = words.Length is 1 or 2 ? words[^1].Split('-') : [];
        if (times.Length != 2 || !TryTime(times[0], out var from) || !TryTime(times[1], out var to) || from == to || from >= TimeSpan.FromDays(1))
            throw new FormatException($"\"{text}\" is no span of time: write 22:00-06:00, or sat,sun 00:00-24:00");
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
