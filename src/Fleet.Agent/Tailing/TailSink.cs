using Fleet.Agent.Scanning.Findings;
using Fleet.Agent.Searching;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Scans;
using Fleet.LogSearch.Searching;
using Fleet.Protocol;
using Fleet.Protocol.V1;
using Google.Protobuf;
using ScanGap = Fleet.LogSearch.Scans.ScanGap;

namespace Fleet.Agent.Tailing;

/// <summary>Takes what followers find on its way to the outbox.</summary>
internal sealed class TailSink(TailOutbox outbox) : IScanSink
{
    private readonly List<ByteRange> _ranges = [];
    private readonly LogLine _line = new();
    private byte[] _encoded = new byte[1024];
    private TailLog _log = null!;
    private bool _isCounting;

    /// <summary>What comes is of this log; and only counted, or handed on.</summary>
    public void Begin(TailLog log, bool isCounting) => (_log, _isCounting) = (log, isCounting);

    public void Hit(HitId id, in FoundLine line, string unit)
    {
        if (_isCounting)
        {
            outbox.LeaveOut(_log.Source, 1);
            return;
        }

        var encoded = Encode(line);
        if (_log.History is { } history)
            history.Add(encoded);
        else
            outbox.Line(_log.Source, encoded);
    }

    public void Gap(ScanGap gap)
    {
        // Of what is from before now nobody asked for all.
        if (_log.History is not null)
            return;
        var lines = gap.LostLines > 0 ? $"{gap.LostLines} lines" : "lines";
        outbox.Note(_log.Source, $"{lines} may be missing here: {GapWords.Of(gap)}");
    }

    private ReadOnlySpan<byte> Encode(in FoundLine line)
    {
        var text = line.Bytes[..Math.Min(line.Bytes.Length, Limits.TailLineBytes)];
        _line.Text = ByteString.CopyFrom(text);
        _line.TimeUs = LogTime.ToMicroseconds(line.Time);
        _line.Offset = (ulong)line.Offset;
        _line.Cursor = line.Cursor ?? "";
        _line.Truncated = line.IsCut || text.Length < line.Bytes.Length;
        _line.Ranges.Clear();
        _line.Patterns.Clear();
        line.CollectRanges(_ranges);
        foreach (var range in _ranges)
        {
            if (range.Start + range.Length > text.Length)
                break;
            _line.Ranges.Add((uint)range.Start);
            _line.Ranges.Add((uint)range.Length);
        }

        for (var pattern = 0; line.Patterns >> pattern != 0 && pattern < Limits.LogPatterns; pattern++)
        {
            if ((line.Patterns >> pattern & 1) != 0)
                _line.Patterns.Add((uint)pattern);
        }

        var size = _line.CalculateSize();
        if (_encoded.Length < size)
            _encoded = new byte[size * 2];
        _line.WriteTo(_encoded.AsSpan(0, size));
        return _encoded.AsSpan(0, size);
    }
}
