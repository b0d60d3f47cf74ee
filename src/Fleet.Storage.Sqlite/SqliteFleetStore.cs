using Microsoft.Extensions.Logging;

namespace Fleet.Storage.Sqlite;

/// <summary>The fleet's memory in one SQLite file: one writer with shared commits, a few readers beside it.</summary>
public sealed partial class SqliteFleetStore : IFleetStore
{
    private readonly StoreLock held;
    private readonly Writer writer;
    private readonly ReaderPool readers;
    private int disposed;

    private SqliteFleetStore(StoreLock held, Writer writer, ReaderPool readers, TimeProvider time)
    {
        this.held = held;
        this.writer = writer;
        this.readers = readers;
        Agents = new SqliteAgentStore(writer, readers);
        Operators = new SqliteOperatorStore(writer, readers);
        Tokens = new SqliteTokenStore(writer, readers);
        Revocations = new SqliteRevocationStore(writer, readers);
        Jobs = new SqliteJobStore(writer, readers);
        Events = new SqliteTaskEventStore(writer, readers, time);
        Scans = new SqliteScanStore(writer, readers);
        Findings = new SqliteFindingStore(writer, readers);
        Alerts = new SqliteAlertStore(writer, readers);
        Settings = new SqliteSettingsStore(writer, readers);
        Revisions = new SqliteRevisionStore(writer, readers);
        Retention = new SqliteRetentionStore(writer, readers, time);
    }

    /// <inheritdoc/>
    public IAgentStore Agents { get; }

    /// <inheritdoc/>
    public IOperatorStore Operators { get; }

    /// <inheritdoc/>
    public ITokenStore Tokens { get; }

    /// <inheritdoc/>
    public IRevocationStore Revocations { get; }

    /// <inheritdoc/>
    public IJobStore Jobs { get; }

    /// <inheritdoc/>
    public ITaskEventStore Events { get; }

    /// <inheritdoc/>
    public IScanStore Scans { get; }

    /// <inheritdoc/>
    public IFindingStore Findings { get; }

    /// <inheritdoc/>
    public IAlertStore Alerts { get; }

    /// <inheritdoc/>
    public ISettingsStore Settings { get; }

    /// <inheritdoc/>
    public IRevisionStore Revisions { get; }

    /// <inheritdoc/>
    public IRetentionStore Retention { get; }

    /// <inheritdoc/>
    public StoreStatistics Statistics => writer.Statistics;

    /// <summary>Opens the store, creating the file or upgrading its schema where needed, and keeps others from opening it.</summary>
    /// <param name="options">Where it is and what it may use.</param>
    /// <param name="time">The clock that dates the ends of jobs.</param>
    /// <param name="logger">Hears of upgrades.</param>
    /// <param name="cancellationToken">Gives up waiting; a running upgrade is completed nevertheless.</param>
    /// <exception cref="StoreException">The file is in use, damaged, not writable, of a newer Fleet, or not the one that was expected.</exception>
    public static Task<SqliteFleetStore> OpenAsync(
        SqliteStoreOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken) =>
        OpenAsync(options, Migrations.All, time, logger, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await readers.ReadAsync(Check, cancellationToken);
        }
        catch (StoreException e) when (e.Fault == StoreFault.Corrupt)
        {
            // Damage so bad that the check itself stumbles over it.
            return [e.Message];
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        // The writer last: the last connection to close folds the write-ahead log into the file, and readers may not write.
        await readers.DisposeAsync();
        await writer.DisposeAsync();
        held.Dispose();
    }

    internal static Task<SqliteFleetStore> OpenAsync(
        SqliteStoreOptions options,
        IReadOnlyList<Migration> migrations,
        TimeProvider time,
        ILogger logger,
        CancellationToken cancellationToken) =>
        Task.Run(() => Open(options, migrations, time, logger), cancellationToken);

    private static SqliteFleetStore Open(
        SqliteStoreOptions options, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger logger)
    {
        options.Check();
        var held = StoreLock.Acquire(options.Path);
        Connection? connection = null;
        try
        {
            if (options.Expected is not null)
                CheckExpected(options, options.Expected, time, logger);
            // SQLite gives its log and index files the mode of the database.
            PrivateFile.Ensure(options.Path, "-wal", "-shm");
            connection = Connection.Open(options, writable: true);
            new Migrator(migrations, time, logger).Migrate(connection);
            if (options.Expected is not null)
                FleetRow.Adopt(connection, options.Expected.FleetId);
            // From its first moment on the file by itself is a store, and knows whose.
            connection.TryCheckpoint();
            return new SqliteFleetStore(held, new Writer(connection, options, time), new ReaderPool(options), time);
        }
        catch
        {
            connection?.Dispose();
            held.Dispose();
            throw;
        }
    }

    private static void CheckExpected(SqliteStoreOptions options, StoreExpectation expected, TimeProvider time, ILogger logger)
    {
        try
        {
            if (ExpectedStore.IsThere(options.Path, expected))
                CheckIdentity(options, expected);
        }
        catch (StoreException e) when (ExpectedStore.CanSetAside(e, expected))
        {
            LogSetAside(logger, e.Message, ExpectedStore.SetAside(options.Path, ["-wal", "-shm"], time.GetUtcNow()) ?? "not there");
        }
    }

    // By reading alone: a store that is refused stays as it is, its write-ahead log too.
    private static void CheckIdentity(SqliteStoreOptions options, StoreExpectation expected)
    {
        using var connection = Connection.Open(options, writable: false);
        // Closing would fold in what is sound of the log and delete the rest.
        connection.CheckpointsOnClose = false;
        ExpectedStore.Check(connection.Path, FleetRow.Find(connection), () => FleetRow.HasAnybody(connection), expected);
    }

    private static IReadOnlyList<string> Check(Connection connection)
    {
        var faults = new List<string>();
        using var rows = connection.Use("PRAGMA integrity_check");
        while (rows.Next())
            faults.Add(rows.Text());
        return faults is ["ok"] ? [] : faults;
    }

    [LoggerMessage(2002, LogLevel.Warning, "Creating a new store: {Reason}. What is left of the old one is {Aside}")]
    private static partial void LogSetAside(ILogger logger, string reason, string aside);
}
