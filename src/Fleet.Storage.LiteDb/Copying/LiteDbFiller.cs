using Microsoft.Extensions.Logging;

namespace Fleet.Storage.LiteDb;

/// <summary>A new LiteDB store that is filled with rows.</summary>
internal sealed class LiteDbFiller : IStoreFiller
{
    private readonly LiteDbStoreOptions options;
    private readonly StoreFile file;
    private readonly Database database;
    private bool isClosed;

    private LiteDbFiller(LiteDbStoreOptions options, StoreFile file)
    {
        (this.options, this.file) = (options, file);
        database = file.Use();
    }

    public static LiteDbFiller Create(string path, TimeProvider time, ILogger logger)
    {
        var options = new LiteDbStoreOptions { Path = path };
        foreach (var name in (string[])[path, options.LogPath])
        {
            using (new FileStream(name, PrivateFile.New()))
            {
                // Only to be there, for its owner alone.
            }
        }

        var file = StoreFile.Open(options);
        try
        {
            file.Migrate(new Schema(time, logger));
            return new LiteDbFiller(options, file);
        }
        catch (Exception e)
        {
            file.Dispose();
            throw LiteDbFault.From(e, path);
        }
    }

    public void Write(StoreTable table, IReadOnlyList<object?[]> rows)
    {
        try
        {
            database.Begin();
            foreach (var row in rows)
            {
                if (table == StoreTables.State)
                    RestoreState(row);
                else
                    LiteDbTables.Of(table).Insert(database, row);
            }

            database.Commit();
            if (file.LogPages > options.MaxLogPages)
                FoldIn();
        }
        catch (Exception e)
        {
            throw LiteDbFault.From(e, options.Path);
        }
    }

    public void Complete()
    {
        FoldIn();
        Dispose();
        PrivateFile.Flush(options.Path);
        File.Delete(options.LogPath);
    }

    public void Dispose()
    {
        if (isClosed)
            return;
        isClosed = true;
        file.Dispose();
    }

    private void RestoreState(object?[] row) => database.State.Restore(
        new StoreIdentity((string)row[0]!, (long)row[1]!), (long)row[2]!, (long)row[3]!, (long)row[4]!, (long)row[5]!);

    private void FoldIn()
    {
        if (!file.TryCheckpoint())
            throw new StoreException(StoreFault.Io, $"{options.Path} cannot be completed: check its disk, and that there is room");
    }
}
