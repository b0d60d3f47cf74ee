using Fleet.LogSearch.Matching;

namespace Fleet.LogSearch.Searching;

/// <summary>Searches one stream of lines: finds, checks, and reports with context.</summary>
/// <remarks>Whole chunks are searched for what a match must hold, and only then is the line looked for: most lines are never seen as lines.</remarks>
internal sealed class StreamSearch
{
    private readonly LogQuery _query;
    private readonly PreparedQuery _prepared;
    private readonly SearchBudget _budget;
    private readonly LineReport _report;
    private readonly LineWindow _window;
    private readonly LineTimes? _times;
    private readonly long[] _byPattern;
    private readonly bool _findingDecides;
    private LongLine? _longLine;
    private long _matches;
    private bool _pastWindow;

    public StreamSearch(PreparedQuery prepared, SearchBudget budget, string name, LineWindow window, LineTimes? times, IMatchSink sink)
    {
        _query = prepared.Query;
        _prepared = prepared;
        _budget = budget;
        _window = window;
        _times = times;
        _byPattern = new long[prepared.Patterns.Patterns.Count];
        _report = new LineReport(prepared, name, window, sink);
        _findingDecides = prepared.Finder.Decides && prepared.Not is null && _query.JsonFields.Count == 0 && times is null && prepared.Records is null;
    }

    public long Matches => _matches;

    public IReadOnlyList<long> MatchesByPattern => _byPattern;

    /// <summary>Searches to the end, or to the first limit.</summary>
    public SearchEnd Run()
    {
        while (_window.Next(_report.KeepFrom(), _prepared.Records))
        {
            if (_budget.Cancel.IsCancellationRequested)
            {
                return SearchEnd.Cancelled;
            }

            bool full = _window.Kind == WindowKind.Lines ? !SearchLines() : !SearchPiece();
            if (full)
            {
                return SearchEnd.MatchLimit;
            }

            if (_pastWindow)
            {
                return SearchEnd.Complete;
            }

            if (_budget.Stop(_window.BytesRead) is { } stop)
            {
                return stop;
            }
        }

        return SearchEnd.Complete;
    }

    /// <returns>False when the limit of matches is reached.</returns>
    private bool SearchLines()
    {
        ReadOnlySpan<byte> chunk = _window.Buffer[_window.Start..];
        LineFinder finder = _prepared.Finder;
        bool inverted = _query.Sense == MatchSense.NotMatching;
        finder.Start(chunk);
        int reported = 0;
        for (int at = 0; at < chunk.Length && !_pastWindow;)
        {
            int found = finder.Next(chunk, at);
            if (found < 0)
            {
                break;
            }

            int start = LineSpan.StartOf(chunk, at, found);
            int end = LineSpan.EndOf(chunk, found);
            start = _prepared.SkipsHoles ? LineSpan.SkipHole(chunk, start, end) : start;
            ulong patterns = _findingDecides ? 1 : _prepared.Patterns.Match(LineSpan.Trim(chunk[start..end]));
            if (patterns == 0 && _prepared.Patterns.Patterns.Count > 0)
            {
                finder.Missed();
                at = end;
                continue;
            }

            if (_prepared.Records is { } records)
            {
                start = records.StartOf(chunk, reported, start);
                end = records.EndOf(chunk, start);
            }

            if (inverted ? !Offer(chunk, reported, start) : !Accept(chunk, start, end, patterns))
            {
                return false;
            }

            reported = at = end;
        }

        if (inverted && !Offer(chunk, reported, chunk.Length))
        {
            return false;
        }

        _report.EndWindow();
        _times?.Remember(chunk);
        return true;
    }

    /// <summary>Reports, of lines that match no pattern, those that pass the other conditions.</summary>
    private bool Offer(ReadOnlySpan<byte> chunk, int from, int to)
    {
        while (from < to && !_pastWindow)
        {
            int end = _prepared.Records is { } records ? records.EndOf(chunk, from) : LineSpan.EndOf(chunk, from);
            if (!Accept(chunk, from, end, 0))
            {
                return false;
            }

            from = end;
        }

        return true;
    }

    private bool Accept(ReadOnlySpan<byte> chunk, int start, int end, ulong patterns)
    {
        ReadOnlySpan<byte> text = LineSpan.Trim(chunk[start..end]);
        long? time = null;
        if (!_findingDecides)
        {
            if (_prepared.Records is not null && patterns != 0)
            {
                patterns = MatchAny(_prepared.Patterns, text);
            }

            if ((_prepared.Not is not null && MatchAny(_prepared.Not, text) != 0) || !FieldsAccept(text))
            {
                return true;
            }

            if (_times is not null)
            {
                time = _times.Of(chunk, start);
                if (!_times.Accepts(time, out _pastWindow))
                {
                    return true;
                }
            }
        }

        _matches++;
        for (ulong left = patterns; left != 0; left &= left - 1)
        {
            int pattern = System.Numerics.BitOperations.TrailingZeroCount(left);
            if (pattern < _byPattern.Length)
            {
                _byPattern[pattern]++;
            }
        }

        _report.Match(_window.Start + start, _window.Start + end, patterns, time);
        return _matches < _budget.MatchesLeft;
    }

    private bool FieldsAccept(ReadOnlySpan<byte> text)
    {
        foreach (FieldFilter filter in _query.JsonFields)
        {
            if (!filter.AcceptsJson(text))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The patterns that any line of a record matches.</summary>
    private ulong MatchAny(PatternSet patterns, ReadOnlySpan<byte> record)
    {
        if (_prepared.Records is null)
        {
            return patterns.Match(record);
        }

        ulong matched = 0;
        for (int at = 0; at < record.Length;)
        {
            int end = LineSpan.EndOf(record, at);
            matched |= patterns.Match(LineSpan.Trim(record[at..end]));
            at = end;
        }

        return matched;
    }

    private bool SearchPiece()
    {
        ReadOnlySpan<byte> piece = _window.Buffer[_window.Start.._window.End];
        bool last = _window.Kind == WindowKind.LastPiece;
        _longLine ??= new LongLine(_window.BufferOffset + _window.Start, _window.LineNumberAt(_window.Start), piece, _times?.Of(piece, 0));
        ReadOnlySpan<byte> text = last ? LineSpan.Trim(piece) : piece;
        _longLine.Patterns |= _prepared.Patterns.Match(text);
        _longLine.Excluded |= _prepared.Not is not null && _prepared.Not.Match(text) != 0;
        if (!last)
        {
            return true;
        }

        LongLine line = _longLine;
        _longLine = null;
        bool matches = _prepared.Patterns.Patterns.Count == 0 || (line.Patterns != 0) == (_query.Sense == MatchSense.Matching);
        // The fields of a JSON object that cannot be held whole cannot be judged: such a line does not match.
        if (!matches || line.Excluded || _query.JsonFields.Count > 0 || (_times is not null && !_times.Accepts(line.Time, out _)))
        {
            return true;
        }

        _matches++;
        for (int i = 0; i < _byPattern.Length; i++)
        {
            _byPattern[i] += (long)((line.Patterns >> i) & 1);
        }

        _report.Match(line);
        return _matches < _budget.MatchesLeft;
    }
}
