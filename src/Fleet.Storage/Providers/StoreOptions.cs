namespace Fleet.Storage;

/// <summary>How a store that is kept in a file is opened, whatever it is kept in.</summary>
public abstract record StoreOptions
{
    /// <summary>Path of the database file; its directory must exist.</summary>
    public required string Path { get; init; }

    /// <summary>What the store must be like, and whose it becomes if it is new; null takes what is there. The default is null.</summary>
    public StoreExpectation? Expected { get; init; }

    /// <summary>
    /// How long nothing is written before what is in the write-ahead log goes into the database file, so that a quiet store is one file. The
    /// default is 2 s.
    /// </summary>
    public TimeSpan CheckpointWhenQuietFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a busy store may go without that. The default is 30 s.</summary>
    public TimeSpan CheckpointAtLatest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Write operations that may wait; further callers wait for room. The default is 4096.</summary>
    public int QueueLength { get; init; } = 4096;

    /// <summary>Write operations that share one commit at most. The default is 512.</summary>
    public int MaxOperationsPerCommit { get; init; } = 512;

    /// <summary>Bytes of payload that share one commit at most (one larger operation still goes alone). The default is 4 MiB.</summary>
    public int MaxBytesPerCommit { get; init; } = 4 << 20;

    /// <summary>How many callers read at the same time, beside the writer. The default is 4.</summary>
    public int Readers { get; init; } = 4;

    internal WriteLimits Limits => new(QueueLength, MaxOperationsPerCommit, MaxBytesPerCommit, CheckpointWhenQuietFor, CheckpointAtLatest);

    /// <summary>Names every setting that makes no sense, at once.</summary>
    /// <exception cref="ArgumentException">Some setting makes no sense.</exception>
    public void Check()
    {
        List<string> faults = [.. FindFaults()];
        if (faults.Count > 0)
            throw new ArgumentException($"the store's settings: {string.Join("; ", faults)}");
    }

    /// <summary>What is wrong with them, each in a sentence.</summary>
    protected virtual IEnumerable<string> FindFaults()
    {
        if (string.IsNullOrWhiteSpace(Path))
            yield return $"{nameof(Path)} must name a file";
        foreach (var (name, value) in Counts())
        {
            if (value < 1)
                yield return $"{name} must be at least 1";
        }

        if (CheckpointWhenQuietFor <= TimeSpan.Zero || CheckpointAtLatest < CheckpointWhenQuietFor)
            yield return $"{nameof(CheckpointWhenQuietFor)} must be more than 0, and {nameof(CheckpointAtLatest)} no less than that";
    }

    /// <summary>The settings that must be at least 1.</summary>
    protected virtual IEnumerable<(string Name, int Value)> Counts() =>
    [
        (nameof(QueueLength), QueueLength), (nameof(MaxOperationsPerCommit), MaxOperationsPerCommit),
        (nameof(MaxBytesPerCommit), MaxBytesPerCommit), (nameof(Readers), Readers),
    ];
}
