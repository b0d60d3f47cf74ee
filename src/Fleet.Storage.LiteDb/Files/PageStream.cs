namespace Fleet.Storage.LiteDb;

/// <summary>A stream that LiteDB reads and writes page by page, one call at a time. It stays open when LiteDB disposes it.</summary>
internal abstract class PageStream : Stream
{
    public const int PageSize = 8192;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Position { get; set; }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            var read = ReadAt(buffer.AsSpan(offset, count), Position);
            Position += read;
            return read;
        }
        catch (IOException e)
        {
            // Of another kind than LiteDB knows: it would close itself for all others, in the midst of what they do.
            throw new StoreException(StoreFault.Io, $"reading the store failed: check the disk ({e.Message})", e);
        }
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        WriteAt(buffer.AsSpan(offset, count), Position);
        Position += count;
    }

    protected abstract int ReadAt(Span<byte> bytes, long place);

    protected abstract void WriteAt(ReadOnlySpan<byte> bytes, long place);
}
