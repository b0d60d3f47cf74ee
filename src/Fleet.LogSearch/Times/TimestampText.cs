namespace Fleet.LogSearch.Times;

/// <summary>Reads written times from bytes, without making strings of them.</summary>
internal static class TimestampText
{
    private const int LongestFraction = 7;

    private static readonly long[] s_fractionTicks = [0, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

    /// <summary><c>2026-11-20T08:00:00[.,fraction][Z|+hh[:]mm]</c>, also with <c>/</c> in the date and a space before time or offset.</summary>
    public static bool TryIso(ReadOnlySpan<byte> text, ZoneOffsets zone, out long utcTicks)
    {
        utcTicks = 0;
        if (text.Length < 19 || text[4] is not ((byte)'-' or (byte)'/') || text[7] != text[4] || text[10] is not ((byte)'T' or (byte)' ' or (byte)'t'))
        {
            return false;
        }

        if (!TryNumber(text[..4], out int year) || !TryNumber(text.Slice(5, 2), out int month) || !TryNumber(text.Slice(8, 2), out int day)
            || !TryClock(text[11..], out long clock, out int used) || !TryDate(year, month, day, out long date))
        {
            return false;
        }

        utcTicks = TryOffset(text[(11 + used)..], out long offset) ? date + clock - offset : zone.ToUtc(date + clock);
        return true;
    }

    /// <summary><c>Nov 20 08:00:00</c>, of a given year.</summary>
    public static bool TryMonthDay(ReadOnlySpan<byte> text, int year, ZoneOffsets zone, out long utcTicks)
    {
        utcTicks = 0;
        if (text.Length < 15 || text[3] != ' ' || text[6] != ' ' || !TryMonth(text[..3], out int month))
        {
            return false;
        }

        ReadOnlySpan<byte> dayText = text[4] == ' ' ? text.Slice(5, 1) : text.Slice(4, 2);
        if (!TryNumber(dayText, out int day) || !TryClock(text[7..], out long clock, out _) || !TryDate(year, month, day, out long date))
        {
            return false;
        }

        utcTicks = zone.ToUtc(date + clock);
        return true;
    }

    /// <summary><c>1120 08:00:00.123456</c>, of a given year.</summary>
    public static bool TryKlog(ReadOnlySpan<byte> text, int year, ZoneOffsets zone, out long utcTicks)
    {
        utcTicks = 0;
        if (text.Length < 13 || text[4] != ' ' || !TryNumber(text[..2], out int month) || !TryNumber(text.Slice(2, 2), out int day)
            || !TryClock(text[5..], out long clock, out _) || !TryDate(year, month, day, out long date))
        {
            return false;
        }

        utcTicks = zone.ToUtc(date + clock);
        return true;
    }

    /// <summary><c>20/Nov/2026:08:00:00 +0000</c>.</summary>
    public static bool TryAccessLog(ReadOnlySpan<byte> text, out long utcTicks)
    {
        utcTicks = 0;
        if (text.Length < 26 || text[2] != '/' || text[6] != '/' || text[11] != ':' || !TryMonth(text.Slice(3, 3), out int month))
        {
            return false;
        }

        if (!TryNumber(text[..2], out int day) || !TryNumber(text.Slice(7, 4), out int year) || !TryClock(text[12..], out long clock, out int used)
            || !TryDate(year, month, day, out long date) || !TryOffset(text[(12 + used)..], out long offset))
        {
            return false;
        }

        utcTicks = date + clock - offset;
        return true;
    }

    /// <summary><c>Fri Nov 20 08:00:00[.fraction] 2026</c>.</summary>
    public static bool TryCtime(ReadOnlySpan<byte> text, ZoneOffsets zone, out long utcTicks)
    {
        utcTicks = 0;
        if (text.Length < 24 || text[3] != ' ' || !TryClock(text.Slice(11), out _, out int used) || text.Length < 11 + used + 5)
        {
            return false;
        }

        // The fraction stands between the clock and the year.
        return TryNumber(text.Slice(11 + used + 1, 4), out int year) && TryMonthDay(text[4..], year, zone, out utcTicks);
    }

    /// <summary>10 digits are seconds, 13 milli-, 16 micro-, 19 nanoseconds; a fraction may follow seconds.</summary>
    public static bool TryEpoch(ReadOnlySpan<byte> text, out long utcTicks)
    {
        utcTicks = 0;
        int digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? text.Length : digits;
        if (digits is not (10 or 13 or 16 or 19))
        {
            return false;
        }

        long value = 0;
        foreach (byte digit in text[..digits])
        {
            value = (value * 10) + (digit - '0');
        }

        utcTicks = DateTime.UnixEpoch.Ticks + digits switch
        {
            10 => (value * TimeSpan.TicksPerSecond) + Fraction(text[10..], out _),
            13 => value * TimeSpan.TicksPerMillisecond,
            16 => value * TimeSpan.TicksPerMicrosecond,
            _ => value / 100,
        };
        return true;
    }

    /// <summary>The text after a syslog priority <c>&lt;34&gt;</c>, or all of it when there is none.</summary>
    public static ReadOnlySpan<byte> SkipPriority(ReadOnlySpan<byte> line)
    {
        int close = !line.IsEmpty && line[0] == '<' ? line[..Math.Min(line.Length, 5)].IndexOf((byte)'>') : -1;
        return close > 1 ? line[(close + 1)..] : line;
    }

    private static bool TryClock(ReadOnlySpan<byte> text, out long ticks, out int used)
    {
        ticks = 0;
        used = 8;
        if (text.Length < 8 || text[2] != ':' || text[5] != ':' || !TryNumber(text[..2], out int hour) || !TryNumber(text.Slice(3, 2), out int minute)
            || !TryNumber(text.Slice(6, 2), out int second) || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        ticks = (((hour * 60L) + minute) * 60 + second) * TimeSpan.TicksPerSecond + Fraction(text[8..], out int fraction);
        used += fraction;
        return true;
    }

    private static long Fraction(ReadOnlySpan<byte> text, out int used)
    {
        used = 0;
        if (text.Length < 2 || text[0] is not ((byte)'.' or (byte)',') || !char.IsAsciiDigit((char)text[1]))
        {
            return 0;
        }

        long value = 0;
        int digits = 0;
        for (used = 1; used < text.Length && char.IsAsciiDigit((char)text[used]); used++)
        {
            if (digits < LongestFraction)
            {
                value = (value * 10) + (text[used] - '0');
                digits++;
            }
        }

        return value * s_fractionTicks[digits];
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.Length > 1 && text[0] == ' ' && text[1] is (byte)'+' or (byte)'-')
        {
            text = text[1..];
        }

        if (text.IsEmpty)
        {
            return false;
        }

        if (text[0] is (byte)'Z' or (byte)'z')
        {
            return true;
        }

        if (text.Length < 5 || text[0] is not ((byte)'+' or (byte)'-') || !TryNumber(text.Slice(1, 2), out int hours))
        {
            return false;
        }

        ReadOnlySpan<byte> minuteText = text[3] == ':' ? text[4..] : text[3..];
        if (minuteText.Length < 2 || !TryNumber(minuteText[..2], out int minutes))
        {
            return false;
        }

        ticks = ((hours * 60L) + minutes) * TimeSpan.TicksPerMinute * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryDate(int year, int month, int day, out long ticks)
    {
        ticks = 0;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        ticks = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified).Ticks;
        return true;
    }

    private static bool TryMonth(ReadOnlySpan<byte> name, out int month)
    {
        int at = "JanFebMarAprMayJunJulAugSepOctNovDec"u8.IndexOf(name);
        month = (at / 3) + 1;
        return at >= 0 && at % 3 == 0;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        return !digits.IsEmpty;
    }
}
