using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collection <c>revocations</c>.</summary>
internal static class RevocationDocuments
{
    /// <summary>The first one of a serial stays.</summary>
    public static void Insert(Database database, RevocationRecord revocation)
    {
        if (database.Find(Collections.Revocations, revocation.Serial) is not null)
            return;
        database.Insert(Collections.Revocations, new BsonDocument
        {
            ["_id"] = revocation.Serial,
            ["not_after"] = Field.Of(revocation.NotAfter),
            ["at"] = Field.Of(revocation.RevokedAt),
            ["reason"] = Field.Of(revocation.Reason),
        });
        database.State.Grow();
    }

    public static IReadOnlyList<RevocationRecord> List(Database database) =>
    [
        .. database.All(Collections.Revocations).Select(Read)
            .OrderBy(revocation => revocation.RevokedAt).ThenBy(revocation => revocation.Serial, StringComparer.Ordinal),
    ];

    public static int DeleteEnded(Database database, DateTimeOffset before) => database.Delete(
        Collections.Revocations, [.. database.All(Collections.Revocations).Where(it => it["not_after"].Time() < before).Select(it => it["_id"])]);

    private static RevocationRecord Read(BsonDocument document) => new(
        document["_id"].AsString, document["not_after"].Time(), document["at"].Time(), document["reason"].AsString);
}
