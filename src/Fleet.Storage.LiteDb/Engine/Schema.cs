using LiteDB;
using LiteDB.Engine;
using Microsoft.Extensions.Logging;

namespace Fleet.Storage.LiteDb;

/// <summary>Brings a store to the newest schema, and refuses files that are none of ours or of a newer Fleet.</summary>
internal sealed partial class Schema(TimeProvider time, ILogger logger)
{
    /// <summary>Version 1: the collections and indexes of <see cref="Collections.Indexes"/>.</summary>
    public const int Newest = 1;

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

    /// <summary>Makes what is missing. Each step is a transaction: a crash in between leaves the rest to the next start.</summary>
    public void Migrate(LiteEngine engine, Database database)
    {
        if (database.Find(Collections.Schema, Version)?["v"].AsInt32 == Newest)
            return;
        // First, so that the file is known as ours from its first collection on.
        database.Upsert(Collections.Schema, new BsonDocument { ["_id"] = Version, ["v"] = 0 });
        foreach (var (collection, fields) in Collections.Indexes)
        {
            foreach (var field in fields)
                engine.EnsureIndex(collection, field.TrimEnd('!'), BsonExpression.Create(field.TrimEnd('!')), unique: field.EndsWith('!'));
        }

        database.Upsert(Collections.Schema, new BsonDocument { ["_id"] = Version, ["v"] = Newest, ["at"] = Field.Of(time.GetUtcNow()) });
        LogMigrated(database.Path, Newest);
    }

    [LoggerMessage(2011, LogLevel.Information, "store {Path}: schema is now at version {Version}")]
    private partial void LogMigrated(string path, int version);
}
