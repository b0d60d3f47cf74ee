using Microsoft.Extensions.Logging;

namespace Fleet.Storage.Tests.Copying;

/// <summary>Stores in which the first row of a table does not arrive.</summary>
internal sealed class ForgetfulFiles(IStoreFiles inner, string table) : IStoreFiles
{
    public string Kind => inner.Kind;

    public string FileName => inner.FileName;

    public string LogSuffix => inner.LogSuffix;

    public IReadOnlyList<string> Suffixes => inner.Suffixes;

    public Task<IFleetStore> OpenAsync(string path, StoreExpectation? expected, TimeProvider time, ILogger logger, CancellationToken cancellationToken) =>
        inner.OpenAsync(path, expected, time, logger, cancellationToken);

    public Task<long> EstimateAsync(string source, CancellationToken cancellationToken) => inner.EstimateAsync(source, cancellationToken);

    public Task CopyAsync(string source, string target, CancellationToken cancellationToken) => inner.CopyAsync(source, target, cancellationToken);

    public Task<StoreContents> VerifyAsync(string copy, CancellationToken cancellationToken) => inner.VerifyAsync(copy, cancellationToken);

    public IStoreRows OpenRows(string path) => inner.OpenRows(path);

    public IStoreFiller CreateEmpty(string path, TimeProvider time, ILogger logger) => new Filler(inner.CreateEmpty(path, time, logger), table);

    private sealed class Filler(IStoreFiller inner, string forgotten) : IStoreFiller
    {
        public void Write(StoreTable table, IReadOnlyList<object?[]> rows) => inner.Write(table, table.Name == forgotten ? [.. rows.Skip(1)] : rows);

        public void Complete() => inner.Complete();

        public void Dispose() => inner.Dispose();
    }
}
