using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Turns what LiteDB and the file system throw into <see cref="StoreException"/>s that name the file and the remedy.</summary>
internal static class LiteDbFault
{
    // errno(3), which .NET gives as the result code of an IOException.
    private const int NoSpace = 28;
    private const int FileTooBig = 27;
    private const int QuotaExceeded = 122;

    /// <summary>Whether LiteDB has given up on the file: it closes itself when reading or writing failed, or when a page is not what it should be.</summary>
    public static bool EndsEngine(Exception exception) => exception is IOException or UnauthorizedAccessException or ObjectDisposedException
        or LiteException { ErrorCode: LiteException.INVALID_DATAFILE_STATE or LiteException.ENGINE_DISPOSED };

    /// <summary>Whether there is no room.</summary>
    public static bool IsFull(Exception exception) => exception is IOException { HResult: NoSpace or FileTooBig or QuotaExceeded };

    public static StoreException From(Exception exception, string path) => exception switch
    {
        StoreException fault => fault,
        _ when IsFull(exception) =>
            new StoreException(StoreFault.DiskFull, $"the disk with the store {path} is full: make room ({exception.Message})", exception),
        IOException failed =>
            new StoreException(StoreFault.Io, $"reading or writing the store {path} failed: check the disk ({failed.Message})", failed),
        UnauthorizedAccessException denied =>
            new StoreException(StoreFault.Unwritable, $"the store {path} cannot be written: check the permissions of the file and its directory", denied),
        LiteException { ErrorCode: LiteException.INVALID_DATABASE } other =>
            new StoreException(StoreFault.Corrupt, $"{path} is not a Fleet store: name another file, or restore a backup", other),
        LiteException { ErrorCode: LiteException.LOCK_TIMEOUT } locked =>
            new StoreException(StoreFault.Locked, $"the store {path} is busy: {locked.Message}", locked),
        LiteException { ErrorCode: LiteException.INVALID_DATAFILE_STATE } damaged => Damaged(damaged, path),
        LiteException refused =>
            new StoreException(StoreFault.Other, $"the store {path} refused an operation (LiteDB {refused.ErrorCode}: {refused.Message})", refused),
        // A page that is not what it should be makes LiteDB stumble in one of these ways.
        NullReferenceException or IndexOutOfRangeException or ArgumentException or InvalidCastException or KeyNotFoundException
            or OverflowException or NotSupportedException or FormatException or System.Text.Json.JsonException => Damaged(exception, path),
        _ => new StoreException(StoreFault.Other, $"the store {path} refused an operation: {exception.Message}", exception),
    };

    private static StoreException Damaged(Exception exception, string path) =>
        new(StoreFault.Corrupt, $"the store {path} is damaged: stop the controller and restore a backup ({exception.Message})", exception);
}
