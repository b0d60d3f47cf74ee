using System.Buffers;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Running;

/// <summary>What came of one stream of one step: the bytes kept, and where bytes are missing.</summary>
internal sealed class KeptOutput
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<Gap> _gaps = [];
    private ulong _end;

    /// <summary>Bytes that were written but not kept.</summary>
    /// <param name="At">Position in <see cref="Bytes"/> before which they are missing.</param>
    /// <param name="Dropped">How many.</param>
    internal sealed record Gap(int At, ulong Dropped);

    /// <summary>The bytes kept, in order.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Where bytes are missing.</summary>
    public IReadOnlyList<Gap> Gaps => _gaps;

    /// <summary>How many bytes are missing.</summary>
    public ulong Dropped => _gaps.Aggregate(0UL, (sum, gap) => sum + gap.Dropped);

    /// <summary>Whether the step wrote nothing.</summary>
    public bool IsEmpty => _bytes.WrittenCount == 0 && _gaps.Count == 0;

    /// <summary>Adds a chunk. One that was seen already changes nothing.</summary>
    public void Add(OutputChunk chunk)
    {
        var end = chunk.Offset + (ulong)chunk.Data.Length;
        if (end <= _end)
            return;
        if (chunk.Offset > _end)
            _gaps.Add(new Gap(_bytes.WrittenCount, chunk.Offset - _end));
        _bytes.Write(chunk.Data.Span[(int)(Math.Max(_end, chunk.Offset) - chunk.Offset)..]);
        _end = end;
    }

    /// <summary>Takes the step's own totals: bytes missing at the very end show here only.</summary>
    public void Close(StreamTotals totals)
    {
        if (totals.TotalBytes <= _end)
            return;
        _gaps.Add(new Gap(_bytes.WrittenCount, totals.TotalBytes - _end));
        _end = totals.TotalBytes;
    }
}
