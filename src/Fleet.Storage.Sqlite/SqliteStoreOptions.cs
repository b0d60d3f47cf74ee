namespace Fleet.Storage.Sqlite;

/// <summary>How the SQLite store is opened.</summary>
public sealed record SqliteStoreOptions
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

    /// <summary>Connections for reading beside the writer. The default is 4.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>Page cache of each connection in KiB. The default is 2048.</summary>
    public int CacheKilobytes { get; init; } = 2048;

    /// <summary>How long to wait for a lock held by another program on the file. The default is 5 s.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    internal WriteLimits Limits => new(QueueLength, MaxOperationsPerCommit, MaxBytesPerCommit, CheckpointWhenQuietFor, CheckpointAtLatest);

    /// <summary>Names every setting that makes no sense, at once.</summary>
    /// <exception cref="ArgumentException">Some setting makes no sense.</exception>
    public void Check()
    {
        List<string> faults = [];
        if (string.IsNullOrWhiteSpace(Path))
            faults.Add($"{nameof(Path)} must name a file");
        Positive(QueueLength, nameof(QueueLength));
        Positive(MaxOperationsPerCommit, nameof(MaxOperationsPerCommit));
        Positive(MaxBytesPerCommit, nameof(MaxBytesPerCommit));
        Positive(Readers, nameof(Readers));
        Positive(CacheKilobytes, nameof(CacheKilobytes));
        if (LockTimeout < TimeSpan.Zero || LockTimeout > TimeSpan.FromMinutes(10))
            faults.Add($"{nameof(LockTimeout)} must be between 0 and 10 minutes");
        if (CheckpointWhenQuietFor <= TimeSpan.Zero || CheckpointAtLatest < CheckpointWhenQuietFor)
            faults.Add($"{nameof(CheckpointWhenQuietFor)} must be more than 0, and {nameof(CheckpointAtLatest)} no less than that");
        if (faults.Count > 0)
            throw new ArgumentException($"the store's settings: {string.Join("; ", faults)}");

        void Positive(int value, string name)
        {
            if (value < 1)
                faults.Add($"{name} must be at least 1");
        }
    }
}
