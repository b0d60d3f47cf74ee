using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collection <c>silences</c>.</summary>
internal static class SilenceDocuments
{
    public static IReadOnlyList<SilenceRecord> List(Database database) =>
    [
        .. database.All(Collections.Silences).Select(Read)
            .OrderByDescending(silence => silence.CreatedAt).ThenBy(silence => silence.Id, StringComparer.Ordinal),
    ];

    public static void Insert(Database database, SilenceRecord silence) => database.Insert(Collections.Silences, new BsonDocument
    {
        ["_id"] = silence.Id,
        ["scan"] = Field.Of(silence.Scan),
        ["pattern"] = Field.Of(silence.Pattern),
        ["agent"] = Field.Of(silence.AgentName),
        ["created"] = Field.Of(silence.CreatedAt),
        ["expires"] = Field.Of(silence.ExpiresAt),
        ["creator"] = Field.Of(silence.CreatedBy),
        ["comment"] = Field.Of(silence.Comment),
    });

    public static void Delete(Database database, string id) => database.Delete(Collections.Silences, id);

    public static int DeleteOld(Database database, DateTimeOffset expiredBefore) => database.Delete(
        Collections.Silences, [.. database.All(Collections.Silences).Where(it => it["expires"].Time() < expiredBefore).Select(it => it["_id"])]);

    private static SilenceRecord Read(BsonDocument silence) => new()
    {
        Id = silence["_id"].AsString,
        Scan = silence["scan"].AsString,
        Pattern = silence["pattern"].AsString,
        AgentName = silence["agent"].AsString,
        CreatedAt = silence["created"].Time(),
        ExpiresAt = silence["expires"].Time(),
        CreatedBy = silence["creator"].AsString,
        Comment = silence["comment"].AsString,
    };
}
