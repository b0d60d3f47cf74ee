using Microsoft.Extensions.Logging;

namespace Fleet.Storage.Sqlite;

/// <summary>SQLite stores as files.</summary>
public sealed class SqliteStoreFiles : IStoreFiles
{
    /// <inheritdoc/>
    public string Kind => "sqlite";

    /// <inheritdoc/>
    public string FileName => "fleet.db";

    /// <inheritdoc/>
    public string LogSuffix => "-wal";

    /// <inheritdoc/>
    public IReadOnlyList<string> Suffixes { get; } = ["-wal", "-shm"];

    /// <inheritdoc/>
    public async Task<IFleetStore> OpenAsync(
        string path, StoreExpectation? expected, TimeProvider time, ILogger logger, CancellationToken cancellationToken) =>
        await SqliteFleetStore.OpenAsync(new SqliteStoreOptions { Path = path, Expected = expected }, time, logger, cancellationToken);

    /// <inheritdoc/>
    public Task<long> EstimateAsync(string source, CancellationToken cancellationToken) => SqliteBackup.EstimateAsync(source, cancellationToken);

    /// <inheritdoc/>
    public Task CopyAsync(string source, string target, CancellationToken cancellationToken) =>
        SqliteBackup.CopyAsync(source, target, cancellationToken);

    /// <inheritdoc/>
    public Task<StoreContents> VerifyAsync(string copy, CancellationToken cancellationToken) => SqliteBackup.VerifyAsync(copy, cancellationToken);

    /// <inheritdoc/>
    public IStoreRows OpenRows(string path) => SqliteRows.Open(path);

    /// <inheritdoc/>
    public IStoreFiller CreateEmpty(string path, TimeProvider time, ILogger logger) => SqliteFiller.Create(path, time, logger);
}
