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
    public static void Check(Database database)
    {
        var stored = database.Find(Collections.Schema, Version)?["v"].AsInt32;
        if (stored > Newest)
        {
            throw new StoreException(
                StoreFault.NewerSchema,
                $"the store {database.Path} has schema version {stored}, but this Fleet knows versions up to {Newest}: "
                    + "run the Fleet that upgraded it (or a newer one), or restore a backup from before the upgrade");
        }

        if (stored is null && database.Names().Any(name => name != Collections.Schema))
        {
            throw new StoreException(
                StoreFault.Corrupt, $"{database.Path} is no Fleet store but another program's database: name another file");
        }
    }

    /// <summary>Like <see cref="Check"/>, and refuses a store that this Fleet would have to bring to its schema first.</summary>
    /// <exception cref="StoreException">It is not of the newest schema.</exception>
    public static void CheckIsNewest(Database database)
    {
        Check(database);
        if (database.Find(Collections.Schema, Version)?["v"].AsInt32 is not { } stored)
            throw new StoreException(StoreFault.Corrupt, $"{database.Path} is no store of a fleet");
        if (stored < Newest)
        {
            throw new StoreException(
                StoreFault.Other,
                $"the store {database.Path} has schema version {stored}, and this Fleet's is {Newest}: let the controller upgrade it first, by one start");
        }
    }

    /// <summary>Makes what is missing. Each step is a transaction: a crash in between leaves the rest to the next start.</summary>
    public void Migrate(LiteEngine engine, Database database)
    {
        var stored = database.Find(Collections.Schema, Version)?["v"].AsInt32;
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

    // Without the old name's index and before the new one's: both are unique, and documents without the field would all have null.
    private static void Rename(LiteEngine engine, Database database, string collection, string before, string now)
    {
        engine.DropIndex(collection, before);
        foreach (var document in database.All(collection).Where(document => document.ContainsKey(before)).ToList())
        {
            document[now] = document[before];
            document.Remove(before);
            database.Upsert(collection, document);
        }
    }

    [LoggerMessage(2011, LogLevel.Information, "store {Path}: schema is now at version {Version}")]
    private partial void LogMigrated(string path, int version);
}
