namespace Fleet.Storage;

/// <summary>Keeps a second controller from opening the same store: a locked file beside the database.</summary>
/// <remarks>
/// SQLite itself would let two controllers share the file, each dispatching the other's tasks. The lock is the system's own
/// (flock), so it ends with the process however that ends; the file stays, and removing it would defeat the lock.
/// </remarks>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream file;

    private StoreLock(FileStream file) => this.file = file;

    public static StoreLock Acquire(string databasePath)
    {
        var path = databasePath + ".lock";
        try
        {
            return new StoreLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException or NotSupportedException)
        {
            throw new StoreException(
                StoreFault.Unwritable, $"the store {databasePath} cannot be opened: its directory must exist and be writable", e);
        }
        catch (IOException e)
        {
            throw File.Exists(path)
                ? new StoreException(
                    StoreFault.InUse,
                    $"the store {databasePath} is in use by another controller: "
                        + $"stop that one (fuser {path} finds it), or name another file",
                    e)
                : new StoreException(
                    StoreFault.Unwritable, $"the store {databasePath} cannot be opened: {path} cannot be created ({e.Message})", e);
        }
    }

    public void Dispose() => file.Dispose();
}
