namespace Fleet.Storage.Sqlite;

/// <summary>How the SQLite store is opened.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>Path of the database file; its directory must exist.</summary>
    public required string Path { get; init; }

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
}
