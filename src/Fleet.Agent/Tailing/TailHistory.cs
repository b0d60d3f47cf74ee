namespace Fleet.Agent.Tailing;

/// <summary>The last wanted lines of a log from before now: with a filter they are known only once its end is reached.</summary>
internal sealed class TailHistory(int lines)
{
    private const int MostBytes = 256 * 1024;

    private readonly Queue<byte[]> _last = new();
    private long _bytes;
    private ulong _tooLong;

    /// <summary>Takes a line; an older one makes room for it.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        _last.Enqueue(line.ToArray());
        _bytes += line.Length;
        while (_last.Count > lines || (_bytes > MostBytes && _last.Count > 1))
        {
            _tooLong += _last.Count > lines ? 0UL : 1;
            _bytes -= _last.Dequeue().Length;
        }
    }

    /// <summary>Hands them on.</summary>
    public void MoveTo(TailOutbox outbox, string source)
    {
        if (_tooLong > 0)
            outbox.LeaveOut(source, _tooLong);
        while (_last.TryDequeue(out var line))
            outbox.Line(source, line);
    }
}
