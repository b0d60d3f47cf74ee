using Microsoft.Extensions.Logging;

namespace Fleet.Storage.LiteDb;

/// <summary>The fleet's memory in a LiteDB database: one writer with shared commits, a few readers beside it, and a log that survives a power cut.</summary>
public sealed partial class LiteDbFleetStore : IFleetStore
{
    private readonly StoreLock held;
    private readonly LiteDbWriter writer;
    private readonly LiteDbReaders readers;
    private int disposed;

    private LiteDbFleetStore(StoreLock held, StoreFile file, LiteDbStoreOptions options, TimeProvider time)
    {
        this.held = held;
        var gate = new ReadGate(options.Readers);
        writer = new LiteDbWriter(file, gate, options, time);
        readers = new LiteDbReaders(file, gate, writer);
        Agents = new LiteDbAgentStore(writer, readers);
        Operators = new LiteDbOperatorStore(writer, readers);
        Tokens = new LiteDbTokenStore(writer, readers);
        Revocations = new LiteDbRevocationStore(writer, readers);
        Jobs = new LiteDbJobStore(writer, readers);
        Events = new LiteDbTaskEventStore(writer, readers, time);
        Scans = new LiteDbScanStore(writer, readers);
        Findings = new LiteDbFindingStore(writer, readers);
        Alerts = new LiteDbAlertStore(writer, readers);
        Settings = new LiteDbSettingsStore(writer, readers);
        Revisions = new LiteDbRevisionStore(writer, readers);
        Retention = new LiteDbRetentionStore(writer, readers, time);
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

    internal LiteDbWriter Writer => writer;

    internal LiteDbReaders Readers => readers;

    /// <summary>Opens the store, creating the files or upgrading the schema where needed, and keeps others from opening it.</summary>
    /// <param name="options">Where it is and what it may use.</param>
    /// <param name="time">The clock that dates the ends of jobs.</param>
    /// <param name="logger">Hears of upgrades.</param>
    /// <param name="cancellationToken">Gives up waiting; a running upgrade is completed nevertheless.</param>
    /// <exception cref="StoreException">The file is in use, damaged, not writable, of a newer Fleet, or not the one that was expected.</exception>
    public static Task<LiteDbFleetStore> OpenAsync(
        LiteDbStoreOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken) =>
        Task.Run(() => Open(options, time, logger), cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await readers.ReadAsync(
                database => StoreCheck.Run(database, cancellationToken), [.. Collections.Indexes.Keys], cancellationToken);
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
        // The writer last: it folds the log into the database file when nobody reads any more.
        await readers.DisposeAsync();
        await writer.DisposeAsync();
        held.Dispose();
    }

    private static LiteDbFleetStore Open(LiteDbStoreOptions options, TimeProvider time, ILogger logger)
    {
        options.Check();
        var held = StoreLock.Acquire(options.Path);
        StoreFile? file = null;
        try
        {
            if (options.Expected is not null)
                CheckExpected(options, options.Expected, time, logger);
            // Before it is opened for writing: a file that is refused is left alone.
            if (new FileInfo(options.Path) is { Exists: true, Length: > 0 })
                CheckSchema(options);
            PrivateFile.Ensure(options.Path, LiteDbStoreOptions.LogSuffix);
            file = StoreFile.Open(options);
            Prepare(file, options, new Schema(time, logger));
            return new LiteDbFleetStore(held, file, options, time);
        }
        catch (Exception e)
        {
            file?.Dispose();
            held.Dispose();
            if (e is StoreException or ArgumentException)
                throw;
            throw LiteDbFault.From(e, options.Path);
        }
    }

    private static void Prepare(StoreFile file, LiteDbStoreOptions options, Schema schema)
    {
        file.Migrate(schema);
        if (options.Expected is not null)
        {
            var database = file.Use();
            database.Begin();
            database.State.Adopt(options.Expected.FleetId);
            database.Commit();
        }

        // From its first moment on the file by itself is a store, and knows whose.
        using var permit = CheckpointLock.TryTake(options.Path);
        if (permit is not null && !file.TryCheckpoint())
            file.Reopen();
    }

    private static void CheckExpected(LiteDbStoreOptions options, StoreExpectation expected, TimeProvider time, ILogger logger)
    {
        try
        {
            if (ExpectedStore.IsThere(options.Path, expected))
                Read(options, database => ExpectedStore.Check(options.Path, database.State.Identity, () => HasAnybody(database), expected));
        }
        catch (StoreException e) when (ExpectedStore.CanSetAside(e, expected))
        {
            LogSetAside(logger, e.Message, ExpectedStore.SetAside(options.Path, [LiteDbStoreOptions.LogSuffix], time.GetUtcNow()) ?? "not there");
        }
    }

    private static void CheckSchema(LiteDbStoreOptions options) => Read(options, Schema.Check);

    private static bool HasAnybody(Database database) => new[] { Collections.Tokens, Collections.Agents, Collections.Operators }
        .Any(collection => database.All(collection).Any());

    private static void Read(LiteDbStoreOptions options, Action<Database> look)
    {
        using var file = StoreFile.OpenToRead(options);
        try
        {
            look(file.Use());
        }
        catch (Exception e)
        {
            throw LiteDbFault.From(e, options.Path);
        }
    }

    [LoggerMessage(2012, LogLevel.Warning, "Creating a new store: {Reason}. What is left of the old one is {Aside}")]
    private static partial void LogSetAside(ILogger logger, string reason, string aside);
}
