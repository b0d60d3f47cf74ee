using LiteDB;
using LiteDB.Engine;
using Microsoft.Extensions.Logging;

namespace Fleet.Storage.LiteDb;

/// <summary>Brings a store to the newest schema, and refuses files that are none of ours or of a newer Fleet.</summary>
internal sealed partial class Schema(TimeProvider time, ILogger logger)
{
    /// <summary>Version 1: the collections and indexes of <see cref="Collections.Indexes"/>. Version 2: "enrolment" became "enrollment".</summary>
    public const int Newest = 2;

    private const string Version = "version";

    /// <summary>Whether a file is a Fleet store, looked at by reading alone.</summary>
    /// <exception cref="StoreException">It is not, or a newer Fleet wrote it.</exception>
    public static void Check(Database database) => CheckIsKnown(database);

    /// <summary>Like <see cref="Check"/>, and refuses a store that this Fleet would have to bring to its schema first.</summary>
    /// <exception cref="StoreException">It is not of the newest schema.</exception>
    public static void CheckIsNewest(Database database)
    {
        var stored = CheckIsKnown(database) ?? throw new StoreException(StoreFault.Corrupt, $"{database.Path} is not a Fleet store");
        SchemaVersion.RefuseOlder(database.Path, stored, Newest);
    }

    /// <summary>Makes what is missing. Each step is a transaction: a crash in between leaves the rest to the next start.</summary>
    public void Migrate(LiteEngine engine, Database database)
    {
        var stored = StoredVersion(database);
        if (stored == Newest)
            return;
        // First, so that the file is known as ours from its first collection on.
        if (stored is null)
            database.Upsert(Collections.Schema, new BsonDocument { ["_id"] = Version, ["v"] = 0 });
        if (stored == 1)
        {
            foreach (var collection in (string[])[Collections.Agents, Collections.Operators])
                Rename(engine, database, collection, "enrolment", "enrollment");
        }

        foreach (var (collection, fields) in Collections.Indexes)
        {
            foreach (var field in fields)
                engine.EnsureIndex(collection, field.TrimEnd('!'), BsonExpression.Create(field.TrimEnd('!')), unique: field.EndsWith('!'));
        }

        database.Upsert(Collections.Schema, new BsonDocument { ["_id"] = Version, ["v"] = Newest, ["at"] = Field.Of(time.GetUtcNow()) });
        LogMigrated(database.Path, Newest);
    }

    private static int? CheckIsKnown(Database database)
    {
        var stored = StoredVersion(database);
        SchemaVersion.RefuseNewer(database.Path, stored ?? 0, Newest);
        if (stored is null && database.Names().Any(name => name != Collections.Schema))
        {
            throw new StoreException(
                StoreFault.Corrupt, $"{database.Path} is not a Fleet store but another program's database: name another file");
        }

        return stored;
    }

    private static int? StoredVersion(Database database) => database.Find(Collections.Schema, Version)?["v"].AsInt32;

    // Without the old name's index and before the new one's: both are unique, and documents without the field would all have null.
    private static void Rename(LiteEngine engine, Database database, string collection, string from, string to)
    {
        engine.DropIndex(collection, from);
        foreach (var document in database.All(collection).Where(document => document.ContainsKey(from)).ToList())
        {
            document[to] = document[from];
            document.Remove(from);
            database.Upsert(collection, document);
        }
    }

    [LoggerMessage(2011, LogLevel.Information, "Store {Path}: schema is now at version {Version}")]
    private partial void LogMigrated(string path, int version);
}
