using Fleet.LogSearch.Times;

namespace Fleet.LogSearch.Searching;

/// <summary>Tells when lines were written; a line without a time of its own has that of the last line before it that has one.</summary>
internal sealed class LineTimes(TimestampReader reader, TimeWindow window, bool inOrder)
{
    private const int MostLinesBack = 500;

    private readonly long _past = inOrder && window.Until is { } until ? until.UtcTicks + TimeSeek.Disorder.Ticks : long.MaxValue;
    private long? _last;

    public long? Of(ReadOnlySpan<byte> chunk, int line)
    {
        if (reader.TryRead(LineAt(chunk, line), out long ticks))
        {
            return ticks;
        }

        return LookBack(chunk, line) ?? _last;
    }

    /// <summary>Whether a line of this time is wanted, and whether all lines after it are too late.</summary>
    public bool Accepts(long? time, out bool isPast)
    {
        isPast = time > _past;
        return time is { } known ? window.Contains(known) : window.Since is null;
    }

    /// <summary>Keeps the last time of a chunk for the lines at the next one's start.</summary>
    public void Remember(ReadOnlySpan<byte> chunk) => _last = LookBack(chunk, chunk.Length) ?? _last;

    private long? LookBack(ReadOnlySpan<byte> chunk, int line)
    {
        for (int back = 0; line > 0 && back < MostLinesBack; back++)
        {
            line = LineSpan.StartOf(chunk, 0, line - 1);
            if (reader.TryRead(LineAt(chunk, line), out long ticks))
            {
                return ticks;
            }
        }

        return null;
    }

    private static ReadOnlySpan<byte> LineAt(ReadOnlySpan<byte> chunk, int line)
    {
        int end = chunk[line..].IndexOf((byte)'\n');
        return end < 0 ? chunk[line..] : chunk.Slice(line, end);
    }
}
