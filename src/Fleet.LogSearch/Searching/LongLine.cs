namespace Fleet.LogSearch.Searching;

/// <summary>What is known so far of a line too long to be held: its beginning, and what its pieces matched.</summary>
internal sealed class LongLine(long offset, long number, ReadOnlySpan<byte> firstPiece, long? time)
{
    private const int KeptBytes = 4 * 1024;

    public long Offset { get; } = offset;

    public long Number { get; } = number;

    public long? Time { get; } = time;

    public byte[] Beginning { get; } = firstPiece[..Math.Min(firstPiece.Length, KeptBytes)].ToArray();

    public ulong Patterns { get; set; }

    public bool Excluded { get; set; }
}
