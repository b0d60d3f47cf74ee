using LiteDB;
using LiteDB.Engine;

namespace Fleet.Storage.LiteDb;

/// <summary>A LiteDB database as one thread uses it, within one transaction at a time.</summary>
/// <remarks>
/// Threads take turns, call by call. LiteDB's page cache lets one thread throw out a page between another's finding it and its counting as in use
/// (MemoryCache.GetReadablePage and GetWritablePage, 5.0.21): readers beside the writer then saw other pages than they asked for, and the writer
/// could copy one.
/// </remarks>
/// <param name="engine">The engine.</param>
/// <param name="log">Its log.</param>
/// <param name="turn">Held during each call of the engine, by all who use it.</param>
/// <param name="path">The database file.</param>
internal sealed class Database(LiteEngine engine, LogStream log, Lock turn, string path)
{
    private StoreState? state;

    /// <summary>The database file.</summary>
    public string Path => path;

    /// <summary>Documents written since the transaction began.</summary>
    public int Writes { get; private set; }

    /// <summary>Numbers that the writer gives out and whose store it is, as of this transaction.</summary>
    public StoreState State => state ??= StoreState.Load(this);

    public void Begin()
    {
        Writes = 0;
        state = null;
        lock (turn)
            engine.BeginTrans();
    }

    /// <summary>Begins with these collections as they are at one moment.</summary>
    public void Begin(params ReadOnlySpan<string> ofOneMoment)
    {
        lock (turn)
        {
            Begin();
            foreach (var collection in ofOneMoment)
                _ = Find(collection, BsonValue.Null);
        }
    }

    /// <summary>When it returns, what was written is on the disk: see <see cref="LogStream"/>.</summary>
    public void Commit()
    {
        state?.Save(this);
        lock (turn)
            engine.Commit();
        ThrowIfFailed();
    }

    public void RollBack()
    {
        lock (turn)
            engine.Rollback();
        ThrowIfFailed();
    }

    /// <summary>Names of the collections that there are.</summary>
    public IEnumerable<string> Names() => Run("$cols", new Query())
        .Where(document => document["type"].AsString == "user")
        .Select(document => document["name"].AsString);

    public BsonDocument? Find(string collection, BsonValue id) => Equal(collection, "_id", id).FirstOrDefault();

    public BsonDocument? FindBy(string collection, string field, BsonValue value) => Equal(collection, field, value).FirstOrDefault();

    /// <summary>Documents whose field, which has an index, has the value.</summary>
    public IEnumerable<BsonDocument> Equal(string collection, string field, BsonValue value)
    {
        var query = new Query();
        query.Where.Add(BsonExpression.Create(field + " = @0", value));
        return Run(collection, query);
    }

    /// <summary>Documents whose field, which has an index, lies between two values, these included, in its order.</summary>
    public IEnumerable<BsonDocument> Between(string collection, string field, BsonValue first, BsonValue last, bool isDescending = false)
    {
        var query = new Query { OrderBy = BsonExpression.Create(field), Order = isDescending ? Query.Descending : Query.Ascending };
        query.Where.Add(BsonExpression.Create(field + " BETWEEN @0 AND @1", first, last));
        return Run(collection, query);
    }

    /// <summary>All documents, in the order of their ids.</summary>
    public IEnumerable<BsonDocument> All(string collection) =>
        Run(collection, new Query { OrderBy = BsonExpression.Create("_id"), Order = Query.Ascending });

    /// <summary>The value of a field, which has an index, in all documents, from the index alone.</summary>
    public IEnumerable<BsonValue> Values(string collection, string field) => Run(
        collection,
        new Query { Select = BsonExpression.Create($"{{ v: {field} }}"), OrderBy = BsonExpression.Create(field), Order = Query.Ascending })
        .Select(document => document["v"]);

    public void Insert(string collection, BsonDocument document)
    {
        Writes++;
        lock (turn)
            engine.Insert(collection, [document], BsonAutoId.ObjectId);
    }

    public void Update(string collection, BsonDocument document)
    {
        Writes++;
        lock (turn)
            engine.Update(collection, [document]);
    }

    public void Upsert(string collection, BsonDocument document)
    {
        Writes++;
        lock (turn)
            engine.Upsert(collection, [document], BsonAutoId.ObjectId);
    }

    /// <summary>False if there was none.</summary>
    public bool Delete(string collection, BsonValue id) => Delete(collection, [id]) > 0;

    /// <summary>Returns how many there were.</summary>
    public int Delete(string collection, IReadOnlyCollection<BsonValue> ids)
    {
        if (ids.Count == 0)
            return 0;
        Writes++;
        lock (turn)
            return engine.Delete(collection, ids);
    }

    private void ThrowIfFailed()
    {
        if (log.Failure is { } failure)
            throw new IOException(failure.Message, failure) { HResult = failure.HResult };
    }

    private IEnumerable<BsonDocument> Run(string collection, Query query)
    {
        IBsonDataReader reader;
        lock (turn)
            reader = engine.Query(collection, query);
        try
        {
            while (Next(reader) is { } document)
                yield return document;
        }
        finally
        {
            lock (turn)
                reader.Dispose();
        }
    }

    private BsonDocument? Next(IBsonDataReader reader)
    {
        lock (turn)
            return reader.Read() ? reader.Current.AsDocument : null;
    }
}
