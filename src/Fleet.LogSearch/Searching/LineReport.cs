namespace Fleet.LogSearch.Searching;

/// <summary>Hands matches to the sink with their lines of context, each line once and in order.</summary>
internal sealed class LineReport
{
    private const int LongestLookBack = 64 * 1024;

    private readonly PreparedQuery _prepared;
    private readonly string _name;
    private readonly LineWindow _window;
    private readonly IMatchSink? _sink;
    private readonly int _before;
    private readonly int _after;
    private long _reportedTo = -1;
    private int _afterLeft;

    public LineReport(PreparedQuery prepared, string name, LineWindow window, IMatchSink sink)
    {
        _prepared = prepared;
        _name = name;
        _window = window;
        _sink = sink is NoSink ? null : sink;
        _before = _sink is null ? 0 : prepared.Query.Before;
        _after = prepared.Query.After;
    }

    /// <summary>From where on the window's bytes are still wanted as context before the next match.</summary>
    public int KeepFrom()
    {
        int from = _window.End;
        if (_window.Kind != WindowKind.Lines)
        {
            return from;
        }

        ReadOnlySpan<byte> buffer = _window.Buffer;
        for (int i = 0; i < _before && from > 0; i++)
        {
            int start = LineSpan.StartOf(buffer, 0, from - 1);
            if (_window.End - start > LongestLookBack)
            {
                break;
            }

            from = start;
        }

        return from;
    }

    /// <summary>Reports a match that stands between two places of the window's buffer.</summary>
    public void Match(int start, int end, ulong patterns, long? time)
    {
        if (_sink is null)
        {
            return;
        }

        After(start);
        Before(start);
        Send(LineRole.Match, start, end, patterns, time);
        _afterLeft = _after;
    }

    /// <summary>Reports a match of a line that could not be held.</summary>
    public void Match(LongLine line)
    {
        _sink?.Take(new FoundLine
        {
            Source = _name,
            Role = LineRole.Match,
            Bytes = line.Beginning,
            Offset = line.Offset,
            LineNumber = line.Number,
            Time = Time(line.Time),
            Patterns = line.Patterns,
            StartsGroup = line.Offset != _reportedTo,
            IsCut = true,
            PatternSet = _prepared.Patterns,
        });
        _reportedTo = _window.BufferOffset + _window.End;
    }

    /// <summary>Reports the context after the last match before the window moves on.</summary>
    public void EndWindow() => After(_window.End);

    private void After(int to)
    {
        if (_sink is null || _afterLeft == 0)
        {
            return;
        }

        int at = Math.Max(_window.Start, (int)Math.Max(0, _reportedTo - _window.BufferOffset));
        for (; _afterLeft > 0 && at < to; _afterLeft--)
        {
            int end = LineSpan.EndOf(_window.Buffer, at);
            Send(LineRole.Context, at, end, 0, null);
            at = end;
        }
    }

    private void Before(int start)
    {
        if (_before == 0)
        {
            return;
        }

        int floor = (int)Math.Max(0, _reportedTo - _window.BufferOffset);
        int from = start;
        for (int i = 0; i < _before && from > floor; i++)
        {
            from = LineSpan.StartOf(_window.Buffer, floor, from - 1);
        }

        while (from < start)
        {
            int end = LineSpan.EndOf(_window.Buffer, from);
            Send(LineRole.Context, from, end, 0, null);
            from = end;
        }
    }

    private void Send(LineRole role, int start, int end, ulong patterns, long? time)
    {
        long offset = _window.BufferOffset + start;
        _sink!.Take(new FoundLine
        {
            Source = _name,
            Role = role,
            Bytes = LineSpan.Trim(_window.Buffer[start..end]),
            Offset = offset,
            LineNumber = _window.LineNumberAt(start),
            Time = Time(time),
            Patterns = patterns,
            StartsGroup = offset != _reportedTo,
            PatternSet = _prepared.Patterns,
        });
        _reportedTo = _window.BufferOffset + end;
    }

    private static DateTimeOffset? Time(long? utcTicks) => utcTicks is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
}
