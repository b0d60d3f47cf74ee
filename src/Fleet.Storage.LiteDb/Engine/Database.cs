using LiteDB;
using LiteDB.Engine;

namespace Fleet.Storage.LiteDb;

/// <summary>A LiteDB database as one thread uses it, within one transaction at a time.</summary>
internal sealed class Database(LiteEngine engine, string path)
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
        engine.BeginTrans();
    }

    /// <summary>When it returns, what was written is on the disk: see <see cref="LogStream"/>.</summary>
    public void Commit()
    {
        state?.Save(this);
        engine.Commit();
    }

    public void RollBack() => engine.Rollback();

    /// <summary>From here on the transaction sees these collections as they are now.</summary>
    public void Pin(params ReadOnlySpan<string> collections)
    {
        foreach (var collection in collections)
            _ = Find(collection, BsonValue.Null);
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
        engine.Insert(collection, [document], BsonAutoId.ObjectId);
    }

    public void Update(string collection, BsonDocument document)
    {
        Writes++;
        engine.Update(collection, [document]);
    }

    public void Upsert(string collection, BsonDocument document)
    {
        Writes++;
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
        return engine.Delete(collection, ids);
    }

    private IEnumerable<BsonDocument> Run(string collection, Query query)
    {
        using var reader = engine.Query(collection, query);
        while (reader.Read())
            yield return reader.Current.AsDocument;
    }
}
