using System.Text;

namespace Fleet.LogSearch.Times;

/// <summary>Reads the time at the start of log lines of one form.</summary>
internal sealed class TimestampReader
{
    private static readonly TimestampForm[] s_candidates =
    [
        TimestampForm.Json, TimestampForm.Rfc5424, TimestampForm.Iso8601, TimestampForm.AccessLog, TimestampForm.Klog,
        TimestampForm.Ctime, TimestampForm.Rfc3164, TimestampForm.Epoch,
    ];

    private readonly TimestampForm _form;
    private readonly string? _format;
    private readonly ZoneOffsets _zone;
    private readonly long _latest;

    private TimestampReader(TimestampForm form, TimestampOptions options, DateTimeOffset lastChange)
    {
        _form = form;
        _format = options.CustomFormat;
        _zone = new ZoneOffsets(options.Zone);
        // A line cannot be newer than the file; a day's grace for clocks and zones.
        _latest = lastChange.UtcTicks + TimeSpan.TicksPerDay;
    }

    /// <summary>A reader for the form asked for, or for the one that most of the sample's lines have; null when none has any.</summary>
    public static TimestampReader? Create(TimestampOptions options, ReadOnlySpan<byte> sample, DateTimeOffset lastChange)
    {
        if (options.Form == TimestampForm.Custom && string.IsNullOrEmpty(options.CustomFormat))
        {
            throw new LogQueryException("a custom time form needs its format, such as 'dd.MM.yyyy HH:mm:ss'");
        }

        if (options.Form != TimestampForm.Detect)
        {
            // A form that was named and that no line has is a mistake: nothing would be found, and nobody would know why.
            var named = new TimestampReader(options.Form, options, lastChange);
            return sample.IsEmpty || named.CountIn(sample) > 0 ? named : null;
        }

        TimestampReader? best = null;
        int most = 0;
        foreach (TimestampForm form in s_candidates)
        {
            var reader = new TimestampReader(form, options, lastChange);
            int read = reader.CountIn(sample);
            (best, most) = read > most ? (reader, read) : (best, most);
        }

        return best;
    }

    /// <summary>Reads a line's time as UTC ticks.</summary>
    public bool TryRead(ReadOnlySpan<byte> line, out long utcTicks)
    {
        utcTicks = 0;
        return _form switch
        {
            TimestampForm.Iso8601 => TimestampText.TryIso(SkipBrackets(line), _zone, out utcTicks),
            TimestampForm.Rfc5424 => TryRfc5424(line, out utcTicks),
            TimestampForm.Rfc3164 => TryWithoutYear(TimestampText.SkipPriority(line), TimestampText.TryMonthDay, out utcTicks),
            TimestampForm.Klog => line.Length > 5 && "IWEF"u8.Contains(line[0]) && TryWithoutYear(line[1..], TimestampText.TryKlog, out utcTicks),
            TimestampForm.AccessLog => TryAccessLog(line, out utcTicks),
            TimestampForm.Ctime => TimestampText.TryCtime(SkipBrackets(line), _zone, out utcTicks),
            TimestampForm.Epoch => TimestampText.TryEpoch(SkipBrackets(line), out utcTicks),
            TimestampForm.Json => TryJson(line, out utcTicks),
            _ => TryCustom(line, out utcTicks),
        };
    }

    private int CountIn(ReadOnlySpan<byte> sample)
    {
        int count = 0;
        int tried = 0;
        while (!sample.IsEmpty && tried++ < 200)
        {
            int end = sample.IndexOf((byte)'\n');
            count += TryRead(end < 0 ? sample : sample[..end], out _) ? 1 : 0;
            sample = end < 0 ? [] : sample[(end + 1)..];
        }

        return count;
    }

    private static ReadOnlySpan<byte> SkipBrackets(ReadOnlySpan<byte> line)
    {
        int at = line.IndexOfAnyExcept("[\"( \t"u8);
        return at is > 0 and < 8 ? line[at..] : line;
    }

    private bool TryRfc5424(ReadOnlySpan<byte> line, out long utcTicks)
    {
        ReadOnlySpan<byte> rest = TimestampText.SkipPriority(line);
        utcTicks = 0;
        return rest.Length < line.Length && rest.StartsWith("1 "u8) && TimestampText.TryIso(rest[2..], _zone, out utcTicks);
    }

    private delegate bool YearlessForm(ReadOnlySpan<byte> text, int year, ZoneOffsets zone, out long utcTicks);

    private bool TryWithoutYear(ReadOnlySpan<byte> text, YearlessForm form, out long utcTicks)
    {
        int year = new DateTime(_latest, DateTimeKind.Utc).Year;
        // 29 February may need up to eight years back.
        for (int back = 0; back <= 8; back++)
        {
            if (form(text, year - back, _zone, out utcTicks) && utcTicks <= _latest)
            {
                return true;
            }

            if (back == 1 && !form(text, 2024, _zone, out _))
            {
                break;
            }
        }

        utcTicks = 0;
        return false;
    }

    private static bool TryAccessLog(ReadOnlySpan<byte> line, out long utcTicks)
    {
        utcTicks = 0;
        int open = line[..Math.Min(line.Length, 512)].IndexOf((byte)'[');
        return open >= 0 && TimestampText.TryAccessLog(line[(open + 1)..], out utcTicks);
    }

    private bool TryJson(ReadOnlySpan<byte> line, out long utcTicks)
    {
        utcTicks = 0;
        if (line.IsEmpty || line[0] != '{')
        {
            return false;
        }

        foreach (byte[] key in s_jsonKeys)
        {
            int at = line.IndexOf(key);
            if (at < 0)
            {
                continue;
            }

            ReadOnlySpan<byte> value = line[(at + key.Length)..].TrimStart(": \""u8);
            if (TimestampText.TryIso(value, _zone, out utcTicks) || TimestampText.TryEpoch(value, out utcTicks))
            {
                return true;
            }
        }

        return false;
    }

    private static readonly byte[][] s_jsonKeys =
        ["\"time\""u8.ToArray(), "\"ts\""u8.ToArray(), "\"timestamp\""u8.ToArray(), "\"@timestamp\""u8.ToArray(), "\"t\""u8.ToArray()];

    private bool TryCustom(ReadOnlySpan<byte> line, out long utcTicks)
    {
        utcTicks = 0;
        ReadOnlySpan<byte> text = SkipBrackets(line);
        // Names of months and zones make the text longer or shorter than its format.
        for (int length = Math.Min(text.Length, _format!.Length + 6); length >= Math.Max(1, _format.Length - 6); length--)
        {
            if (DateTimeOffset.TryParseExact(Encoding.Latin1.GetString(text[..length]), _format, System.Globalization.CultureInfo.InvariantCulture,
                System.Globalization.DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            {
                utcTicks = _format.AsSpan().IndexOfAny('z', 'K') >= 0 ? time.UtcTicks : _zone.ToUtc(time.UtcTicks);
                return true;
            }
        }

        return false;
    }
}
