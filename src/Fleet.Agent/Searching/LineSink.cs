using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Agent.Searching;

/// <summary>Gathers found lines into messages of a handy size, up to a number of bytes; then it ends the search.</summary>
internal sealed class LineSink(ResultQueue queue, long mostBytes, CancellationTokenSource full) : IMatchSink
{
    private const int MessageBytes = 32 * 1024;
    private const int LongestText = 64 * 1024;

    private readonly List<ByteRange> _ranges = [];
    private LogLines _gathered = new();
    private int _gatheredBytes;
    private long _sentBytes;

    /// <summary>Whether lines were left out because there are too many bytes of them.</summary>
    public bool IsFull { get; private set; }

    public void Take(in FoundLine line)
    {
        if (IsFull)
            return;
        var message = ToMessage(line);
        var bytes = message.CalculateSize();
        if (_sentBytes + _gatheredBytes + bytes > mostBytes)
        {
            IsFull = true;
            full.Cancel();
            return;
        }

        if (_gatheredBytes + bytes > MessageBytes || _gathered.Source != line.Source)
            Flush();
        _gathered.Source = line.Source;
        _gathered.Lines.Add(message);
        _gatheredBytes += bytes;
    }

    /// <summary>Sends what was gathered.</summary>
    public void Flush()
    {
        if (_gathered.Lines.Count > 0)
            _sentBytes += queue.Put(new LogResult { Lines = _gathered });
        _gathered = new LogLines();
        _gatheredBytes = 0;
    }

    private LogLine ToMessage(in FoundLine line)
    {
        var text = line.Bytes[..Math.Min(line.Bytes.Length, LongestText)];
        var message = new LogLine
        {
            Text = ByteString.CopyFrom(text),
            TimeUs = LogTime.ToMicroseconds(line.Time),
            Number = (ulong)line.LineNumber,
            Offset = (ulong)line.Offset,
            Cursor = line.Cursor ?? "",
            Context = line.Role == LineRole.Context,
            GapBefore = line.StartsGroup,
            Truncated = line.IsCut || text.Length < line.Bytes.Length,
        };
        line.CollectRanges(_ranges);
        foreach (var range in _ranges)
        {
            if (range.Start + range.Length > text.Length)
                break;
            message.Ranges.Add((uint)range.Start);
            message.Ranges.Add((uint)range.Length);
        }

        for (var pattern = 0; pattern < 64; pattern++)
        {
            if ((line.Patterns >> pattern & 1) != 0)
                message.Patterns.Add((uint)pattern);
        }

        return message;
    }
}
