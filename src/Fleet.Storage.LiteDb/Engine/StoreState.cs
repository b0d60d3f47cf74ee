using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>The one document of the collection <c>state</c>: whose store it is, and the numbers that are given out and never twice.</summary>
internal sealed class StoreState
{
    private const string Id = "state";
    private readonly BsonDocument document;
    private bool isChanged;

    private StoreState(BsonDocument document) => this.document = document;

    /// <summary>Whose the store is; null where it has not been told.</summary>
    public StoreIdentity? Identity => document["fleet"].TextOrNull() is { } fleet ? new StoreIdentity(fleet, document["revision"].AsInt64) : null;

    /// <summary>Findings up to this position have been judged.</summary>
    public long EvaluatedUpTo
    {
        get => Number("judged");
        set => Set("judged", Math.Max(value, EvaluatedUpTo));
    }

    /// <summary>Bytes of output in all jobs whose log is not being dropped.</summary>
    public long OutputBytes
    {
        get => Number("output");
        set => Set("output", value);
    }

    /// <summary>Position of the latest finding; 0 if there has been none.</summary>
    public long LastFinding => Number("finding");

    /// <summary>Position of the latest event; 0 if there has been none.</summary>
    public long LastEvent => Number("event");

    /// <summary>Key of the latest message; 0 if there has been none.</summary>
    public long LastDelivery => Number("delivery");

    public static StoreState Load(Database database) => new(database.Find(Collections.State, Id) ?? new BsonDocument { ["_id"] = Id });

    public long NextJob() => Next("job");

    public long NextEvent() => Next("event");

    public long NextFinding() => Next("finding");

    public long NextDelivery() => Next("delivery");

    /// <summary>Job keys up to this one are taken.</summary>
    public void TakeJob(long key) => Set("job", Math.Max(Number("job"), key));

    /// <summary>What a copy of a store brings along: whose it is, and which numbers were given out.</summary>
    public void Restore(StoreIdentity identity, long judgedUpTo, long lastEvent, long lastFinding, long lastDelivery)
    {
        document["fleet"] = identity.FleetId;
        Set("revision", identity.Revision);
        Set("judged", judgedUpTo);
        Set("event", lastEvent);
        Set("finding", lastFinding);
        Set("delivery", lastDelivery);
    }

    /// <summary>Tells the store whose it is, if it has not been told.</summary>
    public void Adopt(string fleetId)
    {
        if (Identity is not null)
            return;
        document["fleet"] = fleetId;
        Set("revision", 1);
    }

    /// <summary>Somebody joined, left, or got another certificate. A store that belongs to no fleet does not count that.</summary>
    public void Grow()
    {
        if (Identity is not null)
            Set("revision", Number("revision") + 1);
    }

    public void Save(Database database)
    {
        if (isChanged)
            database.Upsert(Collections.State, document);
        isChanged = false;
    }

    private long Number(string name) => document[name] is { IsNull: false } value ? value.AsInt64 : 0;

    private long Next(string name)
    {
        Set(name, Number(name) + 1);
        return Number(name);
    }

    private void Set(string name, long number)
    {
        document[name] = number;
        isChanged = true;
    }
}
