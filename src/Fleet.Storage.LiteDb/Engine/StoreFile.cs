using LiteDB;
using LiteDB.Engine;

namespace Fleet.Storage.LiteDb;

/// <summary>The two files of a store, and LiteDB's engine over them. One writer and some readers use it; opening it anew is the writer's.</summary>
internal sealed class StoreFile : IDisposable
{
    private const int MagicAt = 32; // HeaderPage.P_HEADER_INFO
    private readonly LiteDbStoreOptions options;
    private readonly DiskFile data;
    private readonly DiskFile log;
    private LogStream logStream;
    private LiteEngine engine;
    private readonly Lock turn = new();
    private volatile bool isBroken;

    private StoreFile(LiteDbStoreOptions options, DiskFile data, DiskFile log, bool writable)
    {
        this.options = options;
        this.data = data;
        this.log = log;
        (logStream, engine) = Start(options, data, log, writable);
    }

    private static ReadOnlySpan<byte> Magic => "** This is a LiteDB file **"u8;

    /// <summary>The database file.</summary>
    public string Path => options.Path;

    /// <summary>Pages in the log.</summary>
    public int LogPages => logStream.Pages;

    /// <summary>Whether LiteDB has given up on the file, and it must be opened anew.</summary>
    public bool IsBroken => isBroken || logStream.Failure is not null;

    /// <summary>Opens the files, making them where they are not there. What a crash left of a transaction is dropped.</summary>
    public static StoreFile Open(LiteDbStoreOptions options) => Open(options, writable: true);

    /// <summary>Opens files that are there for reading alone: nothing in them is changed.</summary>
    public static StoreFile OpenToRead(LiteDbStoreOptions options) => Open(options, writable: false);

    /// <summary>The database, for one thread.</summary>
    public Database Use() => new(engine, logStream, turn, options.Path);

    /// <summary>Brings the database to the newest schema.</summary>
    public void Migrate(Schema schema) => schema.Migrate(engine, Use());

    /// <summary>Notes a failure; what it was is thrown by the caller.</summary>
    public StoreException Fault(Exception exception)
    {
        if (LiteDbFault.EndsEngine(exception))
            isBroken = true;
        return LiteDbFault.From(exception, options.Path);
    }

    /// <summary>LiteDB failed in the middle of a commit, and its memory is not to be trusted any more, whatever the reason was.</summary>
    public void Break() => isBroken = true;

    /// <summary>Begins anew with what is in the files. Nobody may use the database meanwhile.</summary>
    /// <exception cref="StoreException">The files cannot be used.</exception>
    public void Reopen()
    {
        // Closed without folding in the log: the pragma of the file says so.
        EngineEnd.Dispose(engine);
        logStream.TryDropUnconfirmed();
        (logStream, engine) = Start(options, data, log, writable: true);
        isBroken = false;
    }

    /// <summary>Moves what is in the log into the database file and empties the log. Nobody may use the database meanwhile.</summary>
    public bool TryCheckpoint()
    {
        if (IsBroken)
            return false;
        try
        {
            engine.Checkpoint();
            return true;
        }
        catch (Exception)
        {
            // The next commit opens the file anew, and tells its caller if that is not possible either. The log has everything still.
            isBroken = true;
            return false;
        }
    }

    public void Dispose()
    {
        EngineEnd.Dispose(engine);
        data.Dispose();
        log.Dispose();
    }

    private static StoreFile Open(LiteDbStoreOptions options, bool writable)
    {
        DiskFile? data = null;
        DiskFile? log = null;
        try
        {
            data = options.OpenFile(options.Path, writable);
            log = writable || File.Exists(options.LogPath) ? options.OpenFile(options.LogPath, writable) : new NoFile();
            return new StoreFile(options, data, log, writable);
        }
        catch (Exception e)
        {
            data?.Dispose();
            log?.Dispose();
            throw e is IOException or UnauthorizedAccessException && !LiteDbFault.IsFull(e)
                ? new StoreException(StoreFault.Unwritable, $"the store {options.Path} cannot be opened: its directory must exist and be writable ({e.Message})", e)
                : LiteDbFault.From(e, options.Path);
        }
    }

    private static (LogStream Log, LiteEngine Engine) Start(LiteDbStoreOptions options, DiskFile data, DiskFile log, bool writable)
    {
        var logStream = LogStream.Open(log, options.LogPath, writable);
        var dataStream = new DataStream(data);
        Span<byte> header = stackalloc byte[PageStream.PageSize];
        var bytes = data.Read(header, 0);
        if ((bytes > 0 || !writable) && (bytes < header.Length || !header[MagicAt..].StartsWith(Magic)))
            throw new StoreException(StoreFault.Corrupt, $"{options.Path} is not a Fleet store: name another file, or restore a backup");
        var engine = new LiteEngine(new EngineSettings
        {
            DataStream = dataStream,
            LogStream = logStream,
            // Nothing is sorted by LiteDB; what it would sort must not go to a file that others can read.
            TempStream = new MemoryStream(),
            ReadOnly = !writable,
            Collation = dataStream.Length == 0 ? Collation.Binary : null,
        });
        // When the log is folded in is decided here, when nobody reads: see LiteDbWriter.
        if (writable && engine.Pragma(Pragmas.Checkpoint).AsInt32 != 0)
            engine.Pragma(Pragmas.Checkpoint, 0);
        return (logStream, engine);
    }

    private static class Pragmas
    {
        public const string Checkpoint = "CHECKPOINT";
    }

    /// <summary>The log of a store that was closed: there is none.</summary>
    private sealed class NoFile : DiskFile
    {
        public override long Length => 0;

        public override int Read(Span<byte> bytes, long place) => 0;

        public override void Write(ReadOnlySpan<byte> bytes, long place) => throw new NotSupportedException();

        public override void SetLength(long length) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override void Dispose()
        {
        }
    }
}
