namespace Fleet.Storage.LiteDb;

/// <summary>The database file as LiteDB has it: pages in their places, written only when the log is folded in.</summary>
internal sealed class DataStream(DiskFile file) : PageStream
{
    /// <summary>Whole pages: half of one at the end was never complete, and is in the log still.</summary>
    public override long Length => file.Length / PageSize * PageSize;

    public override void SetLength(long value) => file.SetLength(value);

    public override void Flush() => file.Flush();

    protected override int ReadAt(Span<byte> bytes, long place) => file.Read(bytes, place);

    protected override void WriteAt(ReadOnlySpan<byte> bytes, long place) => file.Write(bytes, place);
}
