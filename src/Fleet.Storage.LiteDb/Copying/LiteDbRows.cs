using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>A LiteDB store that nobody has open, as rows.</summary>
internal sealed class LiteDbRows : IStoreRows
{
    private readonly StoreFile file;
    private readonly Database database;

    private LiteDbRows(StoreFile file)
    {
        this.file = file;
        database = file.Use();
    }

    public static LiteDbRows Open(string path)
    {
        var file = StoreFile.OpenToRead(new LiteDbStoreOptions { Path = path });
        try
        {
            var database = file.Use();
            Schema.CheckIsNewest(database);
            if (database.State.Identity is null)
                throw new StoreException(StoreFault.Corrupt, $"{path} is not a Fleet store");
            return new LiteDbRows(file);
        }
        catch (Exception e)
        {
            file.Dispose();
            throw LiteDbFault.From(e, path);
        }
    }

    public IEnumerable<object?[]> Read(StoreTable table)
    {
        // Not a loop over them: what they throw is made plain.
        IEnumerable<object?[]> all = table == StoreTables.State ? [ReadState()] : ReadAll(table);
        using var rows = all.GetEnumerator();
        while (Next(rows) is { } row)
            yield return row;
    }

    public void Dispose() => file.Dispose();

    private IEnumerable<object?[]> ReadAll(StoreTable table)
    {
        var documents = LiteDbTables.Of(table);
        return database.All(documents.Collection).Select(document =>
        {
            // A job that is being deleted has given its request back; SQLite's has so in its row.
            if (table == StoreTables.Jobs && document["purge"].AsInt32 == JobDocuments.Delete)
                document["request_id"] = BsonValue.Null;
            return documents.Read(document);
        });
    }

    private object?[] ReadState()
    {
        var state = StoreState.Load(database);
        var identity = state.Identity!;
        return [identity.FleetId, identity.Revision, state.EvaluatedUpTo, state.LastEvent, state.LastFinding, state.LastDelivery];
    }

    private object?[]? Next(IEnumerator<object?[]> rows)
    {
        try
        {
            return rows.MoveNext() ? rows.Current : null;
        }
        catch (Exception e)
        {
            throw LiteDbFault.From(e, database.Path);
        }
    }
}
