using Fleet.Protocol.V1;

namespace Fleet.Agent.Tailing;

/// <summary>Lines of one log that wait to be sent, encoded as they go on the wire: as objects small lines would weigh ten times as much.</summary>
/// <param name="source">The log.</param>
/// <param name="dropped">Lines left out before these.</param>
internal sealed class TailChunk(string source, ulong dropped)
{
    private const byte LineTag = 18; // LogLines.lines: field 2, length-delimited
    private const int MostHeadBytes = 6;

    private byte[] _bytes = [];

    /// <summary>The log.</summary>
    public string Source { get; } = source;

    /// <summary>A note about the log in place of lines.</summary>
    public string Note { get; init; } = "";

    /// <summary>What it holds so far.</summary>
    public int Bytes { get; private set; }

    /// <summary>Adds an encoded line.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (_bytes.Length < Bytes + line.Length + MostHeadBytes)
            Array.Resize(ref _bytes, Math.Max(Bytes + line.Length + MostHeadBytes, Math.Min(_bytes.Length * 2, TailOutbox.ChunkBytes)));
        _bytes[Bytes++] = LineTag;
        var length = (uint)line.Length;
        for (; length >= 0x80; length >>= 7)
            _bytes[Bytes++] = (byte)(length | 0x80);
        _bytes[Bytes++] = (byte)length;
        line.CopyTo(_bytes.AsSpan(Bytes));
        Bytes += line.Length;
    }

    /// <summary>As it is sent.</summary>
    public TailLines ToMessage()
    {
        var lines = LogLines.Parser.ParseFrom(_bytes, 0, Bytes);
        lines.Source = Source;
        return new TailLines { Lines = lines, Dropped = dropped, Note = Note };
    }
}
