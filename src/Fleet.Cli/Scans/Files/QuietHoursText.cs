using System.Globalization;
using Fleet.Protocol.Units;

namespace Fleet.Cli.Scans.Files;

/// <summary>Checks spans of quiet hours before they are sent: <c>22:00-06:00</c>, <c>sat,sun 00:00-24:00</c>, <c>mon-fri 12:00-13:00</c>.</summary>
internal static class QuietHoursText
{
    private const string Forms = "write 22:00-06:00, or with days sat,sun 00:00-24:00 or mon-fri 12:00-13:00";
    private static readonly string[] s_days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// <summary>What is wrong with a span; null where it is well.</summary>
    public static ParseError? Check(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space >= 0 && CheckDays(text[..space]) is { } wrongDay)
            return wrongDay;
        var begin = space + 1;
        var dash = text.IndexOf('-', begin);
        if (dash < 0)
            return new ParseError(begin + 1, $"\"{text[begin..]}\" is not a time span", Forms);
        var (from, to) = (text[begin..dash], text[(dash + 1)..]);
        if (!IsTime(from))
            return new ParseError(begin + 1, $"\"{from}\" is not a time of day", Forms);
        if (!IsTime(to) && to != "24:00")
            return new ParseError(dash + 2, $"\"{to}\" is not a time of day", Forms);
        return from == to ? new ParseError(begin + 1, "the span ends where it begins", "a whole day is 00:00-24:00") : null;
    }

    private static ParseError? CheckDays(string days)
    {
        var at = 0;
        foreach (var part in days.Split(','))
        {
            var place = at;
            var ends = part.Split('-');
            foreach (var day in ends)
            {
                if (ends.Length > 2 || !s_days.Contains(day, StringComparer.OrdinalIgnoreCase))
                    return new ParseError(place + 1, $"\"{day}\" is not a day", $"days are {string.Join(", ", s_days)}");
                place += day.Length + 1;
            }

            at += part.Length + 1;
        }

        return null;
    }

    private static bool IsTime(string text) => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
