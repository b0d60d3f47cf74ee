using Fleet.Protocol.V1;

namespace Fleet.Agent.Tailing;

/// <summary>What a tail has to say and has not said yet: bounded, said only against credit; lines without room are left out and counted.</summary>
/// <remarks>Filled by the tail's thread, emptied by the link's writer.</remarks>
internal sealed class TailOutbox
{
    /// <summary>Bytes of lines in one message, one line more or less.</summary>
    public const int ChunkBytes = 16 * 1024;

    private const int RoomBytes = 1024 * 1024;
    private const int ReadAheadBytes = 64 * 1024;
    private const int MostNotes = 64;
    private const long MostCredit = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<TailChunk> _chunks = new();
    private readonly string _tailId;
    private TailChunk? _open;
    private string _lastSource = "";
    private long _bytes;
    private int _notes;
    private ulong _dropped;
    private long _credit;
    private bool _hasSomething;
    private bool _isCounting;
    private bool _isFirstWordDue;
    private string _end = "";

    /// <param name="tailId">Names the tail.</param>
    public TailOutbox(string tailId) => _tailId = tailId;

    /// <summary>Lines left out so far.</summary>
    public ulong LeftOut { get; private set; }

    /// <summary>Whether so little waits that more may be read.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
                return _bytes < ReadAheadBytes;
        }
    }

    /// <summary>The logs have been looked at: the first word, which says that they are followed, is due.</summary>
    public void Begin()
    {
        lock (_gate)
            _isFirstWordDue = true;
    }

    /// <summary>Whether lines are being left out just now: how many is said when that is over.</summary>
    public void SetCounting(bool isCounting)
    {
        lock (_gate)
            _isCounting = isCounting;
    }

    /// <summary>Adds an encoded line; one without room is left out.</summary>
    public void Line(string source, ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (_bytes + line.Length > RoomBytes)
            {
                LeaveOut_NeedsLock(source, 1);
                return;
            }

            // What was left out stands before the line that comes after it.
            if (_open is null || _open.Source != source || _dropped > 0 || _open.Bytes + line.Length > ChunkBytes)
            {
                Seal_NeedsLock();
                _open = new TailChunk(source, _dropped);
                _dropped = 0;
            }

            var before = _open.Bytes;
            _open.Add(line);
            _bytes += _open.Bytes - before;
            _hasSomething = true;
        }
    }

    /// <summary>Counts lines that are left out.</summary>
    public void LeaveOut(string source, ulong lines)
    {
        lock (_gate)
            LeaveOut_NeedsLock(source, lines);
    }

    /// <summary>Says something about a log. Of very many such notes the later ones are left out until the first are sent.</summary>
    public void Note(string source, string text)
    {
        lock (_gate)
        {
            if (_notes >= MostNotes)
                return;
            Seal_NeedsLock();
            _chunks.Enqueue(new TailChunk(source, _dropped) { Note = text });
            (_dropped, _hasSomething) = (0, true);
            _notes++;
        }
    }

    /// <summary>The tail is over: nothing that waits is sent any more.</summary>
    public void End(string reason)
    {
        lock (_gate)
            (_end, _hasSomething) = (reason, true);
    }

    /// <summary>So many more bytes may be sent.</summary>
    public void Grant(ulong bytes)
    {
        lock (_gate)
            _credit = Math.Min(MostCredit, _credit + (long)Math.Min(bytes, MostCredit));
    }

    /// <summary>The next message; null where there is nothing to say or no credit. The last one may overdraw it by a chunk.</summary>
    public TailOutput? TryTake()
    {
        lock (_gate)
        {
            var output = new TailOutput { TailId = _tailId, Ended = _end };
            if (_end.Length > 0)
                return _hasSomething ? Said(output) : null;
            if (_credit > 0 && Next_NeedsLock() is { } lines)
            {
                output.Lines.Add(lines);
                _credit -= output.Lines[0].CalculateSize();
                return Said(output);
            }

            return _isFirstWordDue ? Said(output) : null;
        }

        TailOutput Said(TailOutput output)
        {
            (_isFirstWordDue, _hasSomething) = (false, _end.Length == 0 && (_chunks.Count > 0 || _open is not null || _dropped > 0));
            return output;
        }
    }

    private TailLines? Next_NeedsLock()
    {
        if (!_hasSomething)
            return null;
        if (_chunks.Count == 0)
            Seal_NeedsLock();
        if (_chunks.TryDequeue(out var chunk))
        {
            _bytes -= chunk.Bytes;
            _notes -= chunk.Note.Length > 0 ? 1 : 0;
            return chunk.ToMessage();
        }

        if (_dropped == 0 || _isCounting)
            return null;
        var lines = new TailLines { Lines = new LogLines { Source = _lastSource }, Dropped = _dropped };
        _dropped = 0;
        return lines;
    }

    private void LeaveOut_NeedsLock(string source, ulong lines)
    {
        (_lastSource, _hasSomething) = (source, true);
        _dropped += lines;
        LeftOut += lines;
    }

    private void Seal_NeedsLock()
    {
        if (_open is not null)
            _chunks.Enqueue(_open);
        _open = null;
    }
}
