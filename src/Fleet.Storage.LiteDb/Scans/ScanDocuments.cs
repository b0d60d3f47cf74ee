using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collections <c>scans</c> and <c>channels</c>.</summary>
internal static class ScanDocuments
{
    public static ScanCatalog List(Database database) => new(
        [.. database.All(Collections.Scans).Select(Read)],
        [.. database.All(Collections.Channels).Select(channel => new ChannelRecord(channel["_id"].AsString, channel["definition"].AsBinary))]);

    /// <summary>A scan that is deleted and made anew must not come back with a revision that agents have seen: the clock sees to that.</summary>
    public static void Put(Database database, string name, byte[] definition, DateTimeOffset at, string by)
    {
        var scan = database.Find(Collections.Scans, name);
        database.Upsert(Collections.Scans, new BsonDocument
        {
            ["_id"] = name,
            ["revision"] = Next(scan, at),
            ["definition"] = definition,
            ["paused"] = scan?["paused"].AsBoolean ?? false,
            ["changed"] = Field.Of(at),
            ["changer"] = Field.Of(by),
        });
    }

    public static void SetPaused(Database database, string name, bool paused, DateTimeOffset at, string by)
    {
        if (database.Find(Collections.Scans, name) is not { } scan || scan["paused"].AsBoolean == paused)
            return;
        scan["paused"] = paused;
        scan["revision"] = Next(scan, at);
        scan["changed"] = Field.Of(at);
        scan["changer"] = Field.Of(by);
        database.Update(Collections.Scans, scan);
    }

    public static void Delete(Database database, string name)
    {
        database.Delete(Collections.Scans, name);
        database.Delete(Collections.ScanTotals, name);
    }

    public static void PutChannel(Database database, string name, byte[] definition) =>
        database.Upsert(Collections.Channels, new BsonDocument { ["_id"] = name, ["definition"] = definition });

    public static void DeleteChannel(Database database, string name) => database.Delete(Collections.Channels, name);

    private static long Next(BsonDocument? scan, DateTimeOffset at) =>
        Math.Max(scan is null ? 0 : scan["revision"].AsInt64 + 1, at.ToUnixTimeMilliseconds());

    private static ScanRecord Read(BsonDocument scan) => new()
    {
        Name = scan["_id"].AsString,
        Revision = scan["revision"].AsInt64,
        Definition = scan["definition"].AsBinary,
        Paused = scan["paused"].AsBoolean,
        ChangedAt = scan["changed"].Time(),
        ChangedBy = scan["changer"].AsString,
    };
}
