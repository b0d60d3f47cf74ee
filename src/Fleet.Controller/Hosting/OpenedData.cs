using Fleet.Controller.Identity;
using Fleet.Hosting.Settings;
using Fleet.Storage;

namespace Fleet.Controller.Hosting;

/// <summary>The data directory in use: its trust roots and its store. Only one process can have it.</summary>
internal sealed record OpenedData(DataDirectory Directory, CertificateAuthority Authority, IFleetStore Store, StoreRecordFile Record) : IAsyncDisposable
{
    /// <summary>Opens a directory that a first start has made.</summary>
    /// <exception cref="TrustException">The roots cannot be used.</exception>
    /// <exception cref="StoreException">The store cannot be used, is not the one that belongs to the roots, or another process has it.</exception>
    public static Task<OpenedData> OpenAsync(
        DataDirectory directory, Reloadable<CertificateOptions> certificates, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        OpenAsync(directory, certificates, StoreMismatch.Refuse, time, loggers, cancellationToken);

    /// <inheritdoc cref="OpenAsync(DataDirectory, Reloadable{CertificateOptions}, TimeProvider, ILoggerFactory, CancellationToken)"/>
    /// <param name="directory">The directory.</param>
    /// <param name="certificates">Lives of certificates.</param>
    /// <param name="onMismatch">What becomes of a store that is not the one that belongs to the roots.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">For the store's log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<OpenedData> OpenAsync(
        DataDirectory directory,
        Reloadable<CertificateOptions> certificates,
        StoreMismatch onMismatch,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        directory.RefuseWritableByOthers();
        directory.Secure();
        var files = new TrustFiles(directory.TrustPath);
        var (fleet, operators) = files.Load();
        var controllerKey = files.LoadControllerKey();
        var record = new StoreRecordFile(directory.TrustPath);
        var store = await OpenStoreAsync(directory, fleet.FleetId, record, onMismatch, time, loggers, cancellationToken);
        directory.Upgrade();
        return new OpenedData(directory, new CertificateAuthority(fleet, operators, controllerKey, certificates, time), store, record);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Authority.Dispose();
    }

    private static async Task<IFleetStore> OpenStoreAsync(
        DataDirectory directory,
        string fleetId,
        StoreRecordFile record,
        StoreMismatch onMismatch,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var recorded = record.Load();
        if (recorded is not null && recorded.FleetId != fleetId)
            throw new TrustException($"{directory.TrustPath} holds the roots of one fleet and the store.json of another: restore all of it from the same backup");
        var expected = new StoreExpectation { FleetId = fleetId, LeastRevision = recorded?.Revision, OnMismatch = onMismatch };
        IFleetStore store;
        try
        {
            store = await directory.Stores.OpenAsync(directory.StorePath, expected, time, loggers.CreateLogger<IFleetStore>(), cancellationToken);
        }
        catch (StoreException e) when (e.Fault == StoreFault.Lost && directory.KindsThere is [var there] && there != directory.Kind)
        {
            var (found, asked) = (StoreKinds.FilesOf(there), directory.Stores);
            throw new StoreException(
                e.Fault, $"{directory.Path} holds a {found.Kind} store ({found.FileName}), and the setting `store` says {asked.Kind}: set it to {found.Kind}", e);
        }
        catch (StoreException e) when (e.Fault is StoreFault.Lost or StoreFault.OtherFleet or StoreFault.Older)
        {
            throw new StoreException(e.Fault, $"{e.Message}: {RemedyOf(e.Fault)}", e);
        }

        try
        {
            // A new store, one of an earlier version, and one that was accepted as it is: from here on this is what it must be.
            var current = await store.Revisions.GetAsync(cancellationToken) ?? throw new InvalidOperationException("the store was opened for no fleet");
            if (recorded is null || recorded.Revision == 0 || recorded.Revision > current.Revision)
                record.Save(current);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    private static string RemedyOf(StoreFault fault) =>
        "restore a backup (`fleet-controller restore`)"
        + (fault == StoreFault.Older ? ", continue with what is left (`fleet-controller run --accept-older-store`)" : "")
        + ", or start with an empty store, for which every agent and operator must enroll again (`fleet-controller run --new-store`)";
}
