using SQLitePCL;

namespace Fleet.Storage.Sqlite;

/// <summary>One connection to the database with its prepared statements. Used by one thread at a time.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Dictionary<string, Statement> statements = [];
    private readonly sqlite3 handle;
    private TimeSpan lockTimeout;

    private Connection(sqlite3 handle, string path)
    {
        this.handle = handle;
        Path = path;
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Whether a transaction is open; some failures of the disk end it.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    /// <summary>Rows changed by the last statement.</summary>
    public int Changes => raw.sqlite3_changes(handle);

    /// <summary>Key of the row inserted last.</summary>
    public long LastKey => raw.sqlite3_last_insert_rowid(handle);

    /// <summary>Whether the last connection to close folds the write-ahead log into the file, and deletes it; SQLite does unless told otherwise.</summary>
    public bool CheckpointsOnClose
    {
        set => _ = raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, value ? 0 : 1, out _);
    }

    /// <summary>Opens the file, for writing (creating it) or for reading.</summary>
    public static Connection Open(SqliteStoreOptions options, bool writable)
    {
        NativeSqlite.Ensure();
        var flags = writable ? raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE : raw.SQLITE_OPEN_READONLY;
        var code = raw.sqlite3_open_v2(options.Path, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        if (code != raw.SQLITE_OK)
        {
            using (handle)
                throw SqliteFault.From(code, raw.sqlite3_errstr(code).utf8_to_string(), options.Path);
        }

        _ = raw.sqlite3_extended_result_codes(handle, 1);
        var connection = new Connection(handle, options.Path) { lockTimeout = options.LockTimeout };
        connection.WaitForLocks(options.LockTimeout);
        try
        {
            connection.Configure(options, writable);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A prepared statement from the cache; disposing it gives it back. Not to be used again before that.</summary>
    public Statement Use(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
            statements.Add(sql, statement = Prepare(sql));
        return statement;
    }

    /// <summary>Runs a statement that has no parameters and whose rows nobody wants.</summary>
    public void Execute(string sql)
    {
        using var statement = Use(sql);
        statement.Run();
    }

    /// <summary>Runs several statements, one after the other, and forgets them.</summary>
    public void ExecuteScript(string sql)
    {
        var code = raw.sqlite3_exec(handle, sql, out var detail);
        if (code != raw.SQLITE_OK)
            throw SqliteFault.From(code, detail, Path);
    }

    /// <summary>Lets long statements fail once the condition holds, which is looked at each so many instructions.</summary>
    public void InterruptWhen(Func<bool> condition, int instructions) =>
        raw.sqlite3_progress_handler(handle, instructions, _ => condition() ? 1 : 0, null);

    /// <summary>The first column of the first row as a number; 0 if there is none.</summary>
    public long Number(string sql)
    {
        using var statement = Use(sql);
        return statement.Next() ? statement.Long() : 0;
    }

    /// <summary>
    /// Moves what is in the write-ahead log into the database file and empties the log. Waits for nobody: false where readers need the log
    /// still (what they do not need has been moved), or where the disk refuses, of which the next commit tells its caller.
    /// </summary>
    public bool TryCheckpoint()
    {
        WaitForLocks(TimeSpan.Zero);
        var code = raw.sqlite3_wal_checkpoint_v2(handle, null, raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        WaitForLocks(lockTimeout);
        return code == raw.SQLITE_OK;
    }

    public StoreException Fault(int code) => SqliteFault.From(code, raw.sqlite3_errmsg(handle).utf8_to_string(), Path);

    public void Dispose()
    {
        foreach (var statement in statements.Values)
            statement.Close();
        statements.Clear();
        handle.Dispose();
    }

    private void WaitForLocks(TimeSpan limit) => _ = raw.sqlite3_busy_timeout(handle, (int)limit.TotalMilliseconds);

    private void Configure(SqliteStoreOptions options, bool writable)
    {
        ExecuteScript($"PRAGMA cache_size = -{options.CacheKilobytes}; PRAGMA mmap_size = 0;");
        if (!writable)
        {
            // What is counted by template is sorted: 600,000 hits took 150 MB in memory, and take 2 MB with what exceeds the cache in a file.
            ExecuteScript("PRAGMA query_only = ON; PRAGMA temp_store = FILE;");
            return;
        }

        ExecuteScript("PRAGMA temp_store = MEMORY;");
        // Only an empty file takes auto_vacuum; retention needs it to give pages back without rewriting the file.
        ExecuteScript("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;");
        // FULL: every commit reaches the disk before it is acknowledged. In WAL, NORMAL would lose the last ones with the power.
        ExecuteScript("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = FAST;");
        // 16 MiB between checkpoints keeps them rare; after a burst the log is cut back to 64 MiB.
        ExecuteScript("PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;");
        if (!IsWal())
        {
            throw new StoreException(
                StoreFault.Unwritable, $"the store {Path} cannot use a write-ahead log: move it to a local file system");
        }
    }

    private bool IsWal()
    {
        using var statement = Use("PRAGMA journal_mode");
        return statement.Next() && statement.Text() == "wal";
    }

    private Statement Prepare(string sql)
    {
        var code = raw.sqlite3_prepare_v2(handle, sql, out var prepared);
        return code == raw.SQLITE_OK ? new Statement(this, prepared) : throw Fault(code);
    }
}
