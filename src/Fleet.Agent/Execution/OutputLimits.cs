namespace Fleet.Agent.Execution;

/// <summary>How much of a stream is kept; what lies between is counted and dropped.</summary>
/// <param name="HeadBytes">The first bytes, delivered as they come.</param>
/// <param name="TailBytes">The last bytes, held in memory and delivered at the end.</param>
public sealed record OutputLimits(long HeadBytes, int TailBytes)
{
    /// <summary>1 MiB of head and 64 KiB of tail.</summary>
    public static OutputLimits Default { get; } = new(1 << 20, 64 << 10);
}
