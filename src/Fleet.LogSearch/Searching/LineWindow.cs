namespace Fleet.LogSearch.Searching;

/// <summary>What the lines of a window are.</summary>
internal enum WindowKind
{
    /// <summary>Whole lines.</summary>
    Lines,

    /// <summary>A piece of a line that is too long to hold; more of it follows.</summary>
    Piece,

    /// <summary>The last piece of such a line.</summary>
    LastPiece,
}

/// <summary>Slides over a stream in whole lines, holding no more than one buffer of it.</summary>
/// <remarks>The buffer fits a core's second-level cache, so that each byte comes from memory once, however many passes are made over it.</remarks>
internal sealed class LineWindow
{
    /// <summary>How much is read at once.</summary>
    public const int ChunkBytes = 128 * 1024;

    /// <summary>A longer line is searched piece by piece.</summary>
    public const int LongestLine = 1024 * 1024;

    /// <summary>Pieces of a long line overlap by so much: matches up to this length are found wherever the cut falls.</summary>
    public const int PieceOverlap = 4 * 1024;

    private const byte LineEnd = (byte)'\n';

    private readonly Stream _stream;
    private readonly long _limit;
    private readonly bool _countLines;
    private readonly int _chunkBytes;
    private byte[] _buffer;
    private int _filled;
    private int _counted;
    private bool _ended;
    private bool _inLongLine;

    /// <param name="stream">Where the bytes come from; read from its current position.</param>
    /// <param name="offset">That position's offset in the file, for results.</param>
    /// <param name="limit">How many bytes to read at most.</param>
    /// <param name="numbering">Whether lines are counted.</param>
    /// <param name="buffer">A buffer to use, by whose length so much is read at once; null for one of its own.</param>
    public LineWindow(Stream stream, long offset, long limit, LineNumbering numbering, byte[]? buffer = null)
    {
        _buffer = buffer ?? new byte[ChunkBytes + 4096];
        _chunkBytes = Math.Min(ChunkBytes, _buffer.Length);
        _stream = stream;
        _limit = limit;
        _countLines = numbering == LineNumbering.Counted;
        BufferOffset = offset;
    }

    /// <summary>Whether NULs at the beginning of a line are passed over, however many. Only without context.</summary>
    public bool SkipsHoles { get; init; }

    /// <summary>All bytes held, looked back at for context.</summary>
    public ReadOnlySpan<byte> Buffer => _buffer.AsSpan(0, End);

    /// <summary>Where the lines not yet searched start in <see cref="Buffer"/>.</summary>
    public int Start { get; private set; }

    /// <summary>Where they end.</summary>
    public int End { get; private set; }

    /// <summary>The file offset of the buffer's first byte.</summary>
    public long BufferOffset { get; private set; }

    public WindowKind Kind { get; private set; }

    public long BytesRead { get; private set; }

    /// <summary>The number of line ends before the counting point.</summary>
    private long _lines;

    /// <summary>Moves on to the next lines.</summary>
    /// <param name="keepFrom">From here on the buffer's bytes are still wanted for looking back; at most <see cref="End"/>.</param>
    /// <param name="records">Decides where the last record starts, which is held back until it is whole; null for lines.</param>
    /// <returns>False when there are no more.</returns>
    public bool Next(int keepFrom, RecordBounds? records)
    {
        bool pieceBefore = _inLongLine;
        if (pieceBefore)
        {
            keepFrom = Math.Min(keepFrom, Math.Max(0, End - PieceOverlap));
        }

        Discard(keepFrom);
        Start = pieceBefore ? Math.Max(0, End - PieceOverlap) : End;
        while (true)
        {
            Fill();
            if (SkipsHoles && !pieceBefore && End == 0 && SkipHole())
            {
                continue;
            }

            int end = CompleteEnd(records);
            if (end > End || (_ended && _filled > End))
            {
                _inLongLine = false;
                Kind = pieceBefore ? WindowKind.LastPiece : WindowKind.Lines;
                // The rest of a long line is a window of its own.
                End = !pieceBefore ? end > End ? end : _filled
                    : _buffer.AsSpan(End, _filled - End).IndexOf(LineEnd) is var rest and >= 0 ? End + rest + 1 : _filled;
                return true;
            }

            if (_ended)
            {
                return false;
            }

            if (_filled - Start >= LongestLine)
            {
                _inLongLine = true;
                Kind = WindowKind.Piece;
                End = _filled;
                return true;
            }

            if (_filled == _buffer.Length)
            {
                Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, LongestLine + (2 * ChunkBytes)));
            }
        }
    }

    /// <summary>The number, from 1, of the line that starts at a place in the buffer; 0 when lines are not counted.</summary>
    public long LineNumberAt(int place)
    {
        if (!_countLines)
        {
            return 0;
        }

        // Context before a match may lie behind what was counted.
        if (place < _counted)
        {
            return _lines - _buffer.AsSpan(place, _counted - place).Count(LineEnd) + 1;
        }

        CountTo(place);
        return _lines + 1;
    }

    private void CountTo(int place)
    {
        _lines += _buffer.AsSpan(_counted, place - _counted).Count(LineEnd);
        _counted = place;
    }

    private void Discard(int keepFrom)
    {
        if (keepFrom == 0)
        {
            return;
        }

        if (_countLines && keepFrom > _counted)
        {
            CountTo(keepFrom);
        }

        _buffer.AsSpan(keepFrom, _filled - keepFrom).CopyTo(_buffer);
        BufferOffset += keepFrom;
        _filled -= keepFrom;
        End -= keepFrom;
        _counted = Math.Max(0, _counted - keepFrom);
    }

    /// <summary>Passes over NULs before the next line; true where there may be more of them.</summary>
    private bool SkipHole()
    {
        int hole = _buffer.AsSpan(0, _filled).IndexOfAnyExcept((byte)0);
        bool goesOn = hole < 0 && _filled > 0 && !_ended;
        Discard(hole < 0 ? _filled : hole);
        (Start, End) = (0, 0);
        return goesOn;
    }

    private void Fill()
    {
        int target = Math.Min(_buffer.Length, _filled + _chunkBytes);
        while (!_ended && _filled < target)
        {
            int want = (int)Math.Min(target - _filled, _limit - BytesRead);
            int read = want == 0 ? 0 : _stream.Read(_buffer, _filled, want);
            _ended = read == 0;
            _filled += read;
            BytesRead += read;
        }
    }

    /// <summary>The end of the last whole line or record, or what it was before when there is none.</summary>
    private int CompleteEnd(RecordBounds? records)
    {
        if (_ended)
        {
            return _filled;
        }

        int last = _buffer.AsSpan(End, _filled - End).LastIndexOf(LineEnd);
        if (last < 0 || records is null)
        {
            return last < 0 ? End : End + last + 1;
        }

        return End + records.LastStart(_buffer.AsSpan(End, last + 1));
    }
}
