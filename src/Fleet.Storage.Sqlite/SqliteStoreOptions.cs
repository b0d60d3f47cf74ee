namespace Fleet.Storage.Sqlite;

/// <summary>How the SQLite store is opened.</summary>
public sealed record SqliteStoreOptions : StoreOptions
{
    /// <summary>Page cache of each connection in KiB. The default is 2048.</summary>
    public int CacheKilobytes { get; init; } = 2048;

    /// <summary>How long to wait for a lock held by another program on the file. The default is 5 s.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, int Value)> Counts() => [.. base.Counts(), (nameof(CacheKilobytes), CacheKilobytes)];

    /// <inheritdoc/>
    protected override IEnumerable<string> FindFaults() => LockTimeout < TimeSpan.Zero || LockTimeout > TimeSpan.FromMinutes(10)
        ? [.. base.FindFaults(), $"{nameof(LockTimeout)} must be between 0 and 10 minutes"]
        : base.FindFaults();
}
