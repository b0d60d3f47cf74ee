using SQLitePCL;

namespace Fleet.Storage.Sqlite;

/// <summary>Turns SQLite's result codes into <see cref="StoreException"/>s that name the file and the hint.</summary>
internal static class SqliteFault
{
    public static StoreException From(int code, string detail, string path)
    {
        var (fault, message) = (code & 0xff) switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
                (StoreFault.Locked, $"the store {path} is locked by another program: close what has it open"),
            raw.SQLITE_NOTADB =>
                (StoreFault.Corrupt, $"{path} is not a Fleet store: name another file, or restore a backup"),
            raw.SQLITE_CORRUPT =>
                (StoreFault.Corrupt, $"the store {path} is damaged: stop the controller and restore a backup"),
            raw.SQLITE_CANTOPEN =>
                (StoreFault.Unwritable, $"the store {path} cannot be opened: its directory must exist and be writable"),
            raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH =>
                (StoreFault.Unwritable, $"the store {path} cannot be written: check the permissions of the file and its directory"),
            raw.SQLITE_FULL =>
                (StoreFault.DiskFull, $"the disk with the store {path} is full: make room"),
            raw.SQLITE_IOERR =>
                (StoreFault.Io, $"reading or writing the store {path} failed: check the disk"),
            _ => (StoreFault.Other, $"the store {path} refused an operation"),
        };
        return new StoreException(fault, $"{message} (SQLite {code}: {detail})");
    }
}
