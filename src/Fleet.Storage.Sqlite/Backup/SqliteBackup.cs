namespace Fleet.Storage.Sqlite;

/// <summary>Copies a store that may be in use, and looks a copy over.</summary>
public static class SqliteBackup
{
    // Instructions of SQLite's machine between two calls: some milliseconds.
    private const int ProgressEvery = 100_000;

    /// <summary>Bytes that a copy has at most: what the store holds, without free pages.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public static Task<long> EstimateAsync(string source, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var connection = Open(source);
            return (connection.Number("PRAGMA page_count") - connection.Number("PRAGMA freelist_count")) * connection.Number("PRAGMA page_size");
        },
        cancellationToken);

    /// <summary>
    /// Writes one consistent state of the store to a new file, also while a controller writes to it; that waits for nothing, but its
    /// write-ahead log grows meanwhile. The copy is one file, for its owner alone.
    /// </summary>
    /// <param name="source">The store.</param>
    /// <param name="target">The new file.</param>
    /// <param name="cancellationToken">Gives up; what was written is removed.</param>
    /// <exception cref="StoreException">The store cannot be read, or the copy not be written.</exception>
    public static Task CopyAsync(string source, string target, CancellationToken cancellationToken) =>
        Task.Run(() => Copy(source, target, cancellationToken), cancellationToken);

    /// <summary>Reads all of a copy: whether it is sound, and what it holds. Nothing in it is changed, and nothing is put beside it.</summary>
    /// <exception cref="StoreException">It is damaged, or no store of a fleet.</exception>
    public static Task<StoreContents> VerifyAsync(string copy, CancellationToken cancellationToken) =>
        Task.Run(() => Verify(copy, cancellationToken), cancellationToken);

    private static void Copy(string source, string target, CancellationToken cancellationToken)
    {
        using var connection = Open(source);
        try
        {
            using (new FileStream(target, PrivateFile.New()))
            {
                // VACUUM INTO takes a file without content, and so one with the mode that it is to have.
            }

            connection.InterruptWhen(() => cancellationToken.IsCancellationRequested, ProgressEvery);
            using var vacuum = connection.Use("VACUUM INTO ?");
            vacuum.With(target).Run();
            PrivateFile.Flush(target);
        }
        catch (StoreException) when (cancellationToken.IsCancellationRequested)
        {
            File.Delete(target);
            throw new OperationCanceledException(cancellationToken);
        }
        catch (StoreException e) when (e.Fault == StoreFault.DiskFull)
        {
            File.Delete(target);
            throw new StoreException(StoreFault.DiskFull, $"the disk with {target} is full: make room, or name another place", e);
        }
        catch (StoreException)
        {
            File.Delete(target);
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unwritable, $"{target} cannot be written: {e.Message}", e);
        }
    }

    private static StoreContents Verify(string copy, CancellationToken cancellationToken)
    {
        using var connection = Open(copy);
        connection.InterruptWhen(() => cancellationToken.IsCancellationRequested, ProgressEvery);
        try
        {
            using (var rows = connection.Use("PRAGMA integrity_check(1)"))
            {
                if (rows.Next() && rows.Text() is var fault and not "ok")
                    throw new StoreException(StoreFault.Corrupt, $"{copy} is damaged: {fault}");
            }

            var identity = FleetRow.Find(connection) ?? throw new StoreException(StoreFault.Corrupt, $"{copy} is not a Fleet store");
            return new StoreContents(
                identity,
                connection.Number("SELECT count(*) FROM agents WHERE state = 0"),
                connection.Number("SELECT count(*) FROM operators WHERE state = 0"),
                connection.Number("SELECT count(*) FROM tokens"),
                connection.Number("SELECT count(*) FROM jobs WHERE purge < 2"),
                connection.Number("SELECT count(*) FROM events"),
                connection.Number("SELECT count(*) FROM scans"),
                connection.Number("SELECT count(*) FROM findings"),
                connection.Number("SELECT count(*) FROM alerts"));
        }
        catch (StoreException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private static Connection Open(string path)
    {
        if (!File.Exists(path))
            throw new StoreException(StoreFault.Lost, $"there is no store {path}");
        var connection = Connection.Open(new SqliteStoreOptions { Path = path }, writable: false);
        // The log belongs to the controller, or is wanted for its next start.
        connection.CheckpointsOnClose = false;
        // VACUUM INTO builds no temporary file, but counts as a write for this.
        connection.ExecuteScript("PRAGMA query_only = OFF");
        return connection;
    }
}
