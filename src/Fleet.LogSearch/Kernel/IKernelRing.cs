namespace Fleet.LogSearch.Kernel;

/// <summary>What one read of the ring buffer gave.</summary>
internal enum KernelRead
{
    /// <summary>A record.</summary>
    Record,

    /// <summary>There is none at present.</summary>
    Empty,

    /// <summary>Records were overwritten; the next read gives the oldest there is.</summary>
    Overrun,
}

/// <summary>The kernel's ring buffer, read from its oldest record on; the device and its stand-in in tests.</summary>
internal interface IKernelRing : IDisposable
{
    /// <summary>Reads the next record.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    KernelRead Read(out KernelRecord record);
}
