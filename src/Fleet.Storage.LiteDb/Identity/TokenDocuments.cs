using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collection <c>tokens</c>.</summary>
internal static class TokenDocuments
{
    public static TokenRecord? Find(Database database, string id) => Read(database.Find(Collections.Tokens, id));

    public static TokenRecord? FindByHash(Database database, byte[] hash) => Read(database.FindBy(Collections.Tokens, "hash", hash));

    public static IReadOnlyList<TokenRecord> List(Database database) =>
    [
        .. database.All(Collections.Tokens).Select(Read).OfType<TokenRecord>()
            .OrderByDescending(token => token.CreatedAt).ThenByDescending(token => token.Id, StringComparer.Ordinal),
    ];

    /// <summary>False if its id or its secret's hash is taken.</summary>
    public static bool Insert(Database database, TokenRecord token)
    {
        if (database.Find(Collections.Tokens, token.Id) is not null || FindByHash(database, token.SecretHash) is not null)
            return false;
        database.Insert(Collections.Tokens, ToDocument(token));
        database.State.Grow();
        return true;
    }

    public static void CountUse(Database database, string id)
    {
        var document = database.Find(Collections.Tokens, id)!;
        document["uses"] = document["uses"].AsInt32 + 1;
        database.Update(Collections.Tokens, document);
    }

    public static TokenRecord? Revoke(Database database, string id, DateTimeOffset at)
    {
        if (database.Find(Collections.Tokens, id) is not { } document)
            return null;
        if (document["revoked"].IsNull)
        {
            document["revoked"] = Field.Of(at);
            database.Update(Collections.Tokens, document);
            database.State.Grow();
        }

        return Read(document);
    }

    private static BsonDocument ToDocument(TokenRecord token) => new()
    {
        ["_id"] = token.Id,
        ["hash"] = token.SecretHash,
        ["kind"] = (int)token.Kind,
        ["role"] = Field.Of((int?)token.Role),
        ["labels"] = Field.OfMap(token.Labels),
        ["allowed"] = token.AllowedLabels is { } allowed ? TextList.Write(allowed) : BsonValue.Null,
        ["expires"] = Field.Of(token.ExpiresAt),
        ["max_uses"] = Field.Of(token.MaxUses),
        ["uses"] = token.Uses,
        ["replace"] = token.AllowReplace,
        ["created"] = Field.Of(token.CreatedAt),
        ["creator"] = Field.Of(token.CreatedBy),
        ["revoked"] = Field.Of(token.RevokedAt),
        ["note"] = Field.Of(token.Note),
    };

    private static TokenRecord? Read(BsonDocument? document) => document is null
        ? null
        : new TokenRecord
        {
            Id = document["_id"].AsString,
            SecretHash = document["hash"].AsBinary,
            Kind = (TokenKind)document["kind"].AsInt32,
            Role = (OperatorRole?)document["role"].IntOrNull(),
            Labels = document["labels"].Map(),
            AllowedLabels = document["allowed"].TextOrNull() is { } allowed ? TextList.Read(allowed, int.MaxValue) : null,
            ExpiresAt = document["expires"].Time(),
            MaxUses = document["max_uses"].IntOrNull(),
            Uses = document["uses"].AsInt32,
            AllowReplace = document["replace"].AsBoolean,
            CreatedAt = document["created"].Time(),
            CreatedBy = document["creator"].AsString,
            RevokedAt = document["revoked"].TimeOrNull(),
            Note = document["note"].AsString,
        };
}
