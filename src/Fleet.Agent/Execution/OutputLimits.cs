namespace Fleet.Agent.Execution;

/// <summary>How much of a stream is kept; what lies between is counted and dropped.</summary>
/// <param name="HeadBytes">The first bytes, delivered as they come.</param>
/// <param name="TailBytes">The last bytes, held in memory and delivered at the end.</param>
/// <param name="StreamBytes">Somebody follows it: so many first bytes are delivered, where that is more than the head. The default is 0: nobody does.</param>
public sealed record OutputLimits(long HeadBytes, int TailBytes, long StreamBytes = 0)
{
    /// <summary>How many first bytes are delivered as they come.</summary>
    public long FirstBytes => Math.Max(HeadBytes, StreamBytes);

    /// <summary>Whether bytes at a place of the stream are delivered only because somebody follows it.</summary>
    public bool IsOnlyForFollowers(long offset) => offset >= HeadBytes && offset < StreamBytes;

    /// <summary>1 MiB of head and 64 KiB of tail.</summary>
    public static OutputLimits Default { get; } = new(1 << 20, 64 << 10);
}
