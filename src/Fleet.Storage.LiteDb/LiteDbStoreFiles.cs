using Microsoft.Extensions.Logging;

namespace Fleet.Storage.LiteDb;

/// <summary>LiteDB stores as files.</summary>
public sealed class LiteDbStoreFiles : IStoreFiles
{
    /// <inheritdoc/>
    public string Kind => "litedb";

    /// <inheritdoc/>
    public string FileName => "fleet.litedb";

    /// <inheritdoc/>
    public string LogSuffix => LiteDbStoreOptions.LogSuffix;

    /// <inheritdoc/>
    public IReadOnlyList<string> Suffixes { get; } = [LiteDbStoreOptions.LogSuffix];

    /// <inheritdoc/>
    public async Task<IFleetStore> OpenAsync(
        string path, StoreExpectation? expected, TimeProvider time, ILogger logger, CancellationToken cancellationToken) =>
        await LiteDbFleetStore.OpenAsync(new LiteDbStoreOptions { Path = path, Expected = expected }, time, logger, cancellationToken);

    /// <inheritdoc/>
    public Task<long> EstimateAsync(string source, CancellationToken cancellationToken) => Task.FromResult(LiteDbBackup.Estimate(source));

    /// <inheritdoc/>
    public Task CopyAsync(string source, string target, CancellationToken cancellationToken) =>
        LiteDbBackup.CopyAsync(source, target, cancellationToken);

    /// <inheritdoc/>
    public Task<StoreContents> VerifyAsync(string copy, CancellationToken cancellationToken) => LiteDbBackup.VerifyAsync(copy, cancellationToken);

    /// <inheritdoc/>
    public IStoreRows OpenRows(string path) => LiteDbRows.Open(path);

    /// <inheritdoc/>
    public IStoreFiller CreateEmpty(string path, TimeProvider time, ILogger logger) => LiteDbFiller.Create(path, time, logger);
}
