using System.Globalization;
using System.Text;

namespace Fleet.Protocol.Units;

/// <summary>Durations as operators write them: <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>250ms</c>, <c>2d</c>, <c>1.5h</c>.</summary>
/// <remarks>Units stand in falling order, each at most once; a number without a unit is refused, never guessed.</remarks>
public static class DurationText
{
    private const string Forms = "write a number and a unit: 250ms, 30s, 5m, 1h30m or 2d";
    private static readonly (string Unit, long Ticks)[] s_units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Reads a duration.</summary>
    /// <exception cref="FleetFormatException">The text is not a duration; the error names the accepted forms.</exception>
    public static TimeSpan Parse(string text) =>
        TryParse(text, out var value, out var error) ? value : throw new FleetFormatException(text, error!);

    /// <summary>Reads a duration, or says why it cannot.</summary>
    public static bool TryParse(string text, out TimeSpan value, out ParseError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = default;
        var position = 0;
        var nextUnit = 0;
        decimal ticks = 0;
        do
        {
            var start = position;
            if (!NumberText.TryRead(text, ref position, out var number))
                return Refuse(position, "expected a duration", Forms, out error);

            var unitStart = position;
            while (position < text.Length && char.IsAsciiLetter(text[position]))
                position++;
            var unit = text[unitStart..position];
            if (unit.Length == 0)
                return Refuse(unitStart, $"'{text[start..position]}' has no unit", BareNumberHint(text[start..position]), out error);

            var index = Array.FindIndex(s_units, u => u.Unit == unit);
            if (index < 0)
                return Refuse(unitStart, $"'{unit}' is not a unit of time", Forms, out error);
            if (index < nextUnit)
                return Refuse(start, $"'{unit}' must come earlier and only once", Forms, out error);

            nextUnit = index + 1;
            // Divided, not multiplied: the product of the largest numbers overflows even a decimal.
            if (number > (TimeSpan.MaxValue.Ticks - ticks) / s_units[index].Ticks)
                return Refuse(start, "the duration is too long", "at most 10675199d", out error);
            ticks += number * s_units[index].Ticks;
            if (ticks != decimal.Truncate(ticks))
                return Refuse(start, "the duration is finer than 100 nanoseconds", Forms, out error);
        } while (position < text.Length);

        value = TimeSpan.FromTicks((long)ticks);
        error = null;
        return true;
    }

    /// <summary>Writes a duration so that <see cref="Parse"/> reads the same value back.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The duration is negative.</exception>
    public static string Format(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
        if (value == TimeSpan.Zero)
            return "0s";

        var text = new StringBuilder();
        var rest = value.Ticks;
        foreach (var (unit, ticks) in s_units)
        {
            var isLast = unit == "ms";
            var count = isLast ? rest / (decimal)ticks : rest / ticks;
            rest %= ticks;
            if (count > 0)
                text.Append(count.ToString("0.####", CultureInfo.InvariantCulture)).Append(unit);
        }

        return text.ToString();
    }

    private static string BareNumberHint(string number) => $"add a unit: {number}s for seconds, {number}m for minutes";

    private static bool Refuse(int index, string message, string hint, out ParseError? error)
    {
        error = new ParseError(index + 1, message, hint);
        return false;
    }
}
