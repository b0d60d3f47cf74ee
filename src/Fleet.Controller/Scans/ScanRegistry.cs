using Fleet.Storage;

namespace Fleet.Controller.Scans;

/// <summary>All scans in memory, and who wants to hear when they change.</summary>
internal sealed class ScanRegistry
{
    private volatile ScanSnapshot _current = ScanSnapshot.Empty;

    /// <summary>Fires after a change, on the thread that made it; whoever hears it must be quick.</summary>
    public event Action? Changed;

    /// <summary>The scans as they are now.</summary>
    public ScanSnapshot Current => _current;

    /// <summary>Reads them from the store, once, at start.</summary>
    public async Task LoadAsync(IScanStore store, CancellationToken cancellationToken) =>
        _current = ScanSnapshot.Read(await store.ListAsync(cancellationToken));

    /// <summary>Takes in what the store holds now.</summary>
    public void Replace(ScanCatalog book)
    {
        _current = ScanSnapshot.Read(book);
        Changed?.Invoke();
    }
}
