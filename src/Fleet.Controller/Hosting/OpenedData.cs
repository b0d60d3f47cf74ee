using Fleet.Controller.Identity;
using Fleet.Storage;
using Fleet.Storage.Sqlite;

namespace Fleet.Controller.Hosting;

/// <summary>The data directory in use: its trust roots and its store. Only one process can have it.</summary>
internal sealed record OpenedData(DataDirectory Directory, CertificateAuthority Authority, IFleetStore Store) : IAsyncDisposable
{
    /// <summary>Opens a directory that a first start has made.</summary>
    /// <exception cref="TrustException">The roots cannot be used.</exception>
    /// <exception cref="StoreException">The store cannot be used, or another process has it.</exception>
    public static async Task<OpenedData> OpenAsync(
        DataDirectory directory, CertificateOptions certificates, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var files = new TrustFiles(directory.TrustPath);
        var (fleet, operators) = files.Load();
        var controllerKey = files.LoadControllerKey();
        var store = await SqliteFleetStore.OpenAsync(
            new SqliteStoreOptions { Path = directory.StorePath }, time, loggers.CreateLogger<SqliteFleetStore>(), cancellationToken);
        return new OpenedData(directory, new CertificateAuthority(fleet, operators, controllerKey, certificates, time), store);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Authority.Dispose();
    }
}
