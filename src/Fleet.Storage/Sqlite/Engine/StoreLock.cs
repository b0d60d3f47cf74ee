namespace Fleet.Storage.Sqlite;

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
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
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
                    $"the store {databasePath} is in use by another controller{Holder(path)}: stop that one, or name another file",
                    e)
                : new StoreException(
                    StoreFault.Unwritable, $"the store {databasePath} cannot be opened: {path} cannot be created ({e.Message})", e);
        }

        try
        {
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
            file.Flush();
            return new StoreLock(file);
        }
        catch (IOException e)
        {
            file.Dispose();
            throw new StoreException(StoreFault.Io, $"{path} cannot be written: check the disk", e);
        }
    }

    public void Dispose() => file.Dispose();

    private static string Holder(string path)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return int.TryParse(reader.ReadLine(), out var process) ? $" (process {process})" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
