using Microsoft.Win32.SafeHandles;

namespace Fleet.LogSearch.Times;

/// <summary>Finds, in a large file sorted by time, where a window starts and ends, without reading what is outside.</summary>
internal sealed class TimeSeek(SafeFileHandle file, long length, TimestampReader reader)
{
    /// <summary>Lines of several writers may stand out of order by so much.</summary>
    public static readonly TimeSpan Disorder = TimeSpan.FromSeconds(30);

    private const int ProbeBytes = 16 * 1024;
    private const int CloseEnough = 64 * 1024;
    private const int OrderProbes = 32;

    private readonly byte[] _probe = new byte[ProbeBytes];

    /// <summary>The offsets, at line starts, between which all lines of the window lie; null when the file is not in order and must be read whole.</summary>
    public (long From, long To)? Find(TimeWindow window)
    {
        if (!IsInOrder())
        {
            return null;
        }

        long from = window.Since is { } since ? FirstNotBefore(since.UtcTicks - Disorder.Ticks, 0).Before : 0;
        long to = window.Until is { } until ? FirstNotBefore(until.UtcTicks + Disorder.Ticks + 1, from).After : length;
        return (from, to);
    }

    private bool IsInOrder()
    {
        long latest = 0;
        for (int i = 0; i <= OrderProbes; i++)
        {
            if (Probe(Math.Max(0, (length - ProbeBytes) / OrderProbes * i)) is not { } found)
            {
                continue;
            }

            if (found.Ticks < latest - Disorder.Ticks)
            {
                return false;
            }

            latest = Math.Max(latest, found.Ticks);
        }

        return latest > 0;
    }

    /// <summary>Line starts shortly before and after the first line that is not before a time.</summary>
    private (long Before, long After) FirstNotBefore(long ticks, long low)
    {
        long high = length;
        while (high - low > CloseEnough)
        {
            long middle = low + ((high - low) / 2);
            // Nothing readable there (a very long record without times): what lies before decides.
            (long Offset, long Ticks) found = Probe(middle) ?? (high, long.MaxValue);
            if (found.Ticks < ticks && found.Offset < high)
            {
                low = found.Offset;
            }
            else
            {
                high = middle;
            }
        }

        // Beyond the high mark the first line with a time is late enough; if there is none, all belongs to it.
        return (low, Probe(high)?.Offset ?? length);
    }

    /// <summary>The first line with a time that starts at or after an offset, if there is one near.</summary>
    private (long Offset, long Ticks)? Probe(long offset)
    {
        int read = RandomAccess.Read(file, _probe, offset);
        ReadOnlySpan<byte> text = _probe.AsSpan(0, read);
        int line = offset == 0 ? 0 : text.IndexOf((byte)'\n') + 1;
        if (offset > 0 && line == 0)
        {
            return null;
        }

        while (line < text.Length)
        {
            if (reader.TryRead(text[line..], out long ticks))
            {
                return (offset + line, ticks);
            }

            int end = text[line..].IndexOf((byte)'\n');
            line = end < 0 ? text.Length : line + end + 1;
        }

        return null;
    }
}
