namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the table <c>tokens</c>.</summary>
internal static class TokenRows
{
    private const string Select =
        """
        SELECT id, secret_hash, kind, role, labels, expires_at, max_uses, uses, allow_replace, created_at, created_by, revoked_at, note,
            allowed_labels
        FROM tokens
        """;

    public static TokenRecord? Find(Connection connection, string id)
    {
        using var row = connection.Use($"{Select} WHERE id = ?").With(id);
        return row.Next() ? Read(row) : null;
    }

    public static TokenRecord? FindByHash(Connection connection, byte[] hash)
    {
        using var row = connection.Use($"{Select} WHERE secret_hash = ?").With(hash);
        return row.Next() ? Read(row) : null;
    }

    public static IReadOnlyList<TokenRecord> List(Connection connection)
    {
        using var rows = connection.Use($"{Select} ORDER BY created_at DESC, id DESC");
        var tokens = new List<TokenRecord>();
        while (rows.Next())
            tokens.Add(Read(rows));
        return tokens;
    }

    public static bool Insert(Connection connection, TokenRecord token)
    {
        using var insert = connection.Use(
            """
            INSERT INTO tokens
                (id, secret_hash, kind, role, labels, expires_at, max_uses, uses, allow_replace, created_at, created_by, revoked_at, note,
                allowed_labels)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """);
        return insert
            .With(token.Id).With(token.SecretHash).With((int)token.Kind).With((int?)token.Role).With(TextMap.Write(token.Labels))
            .With(token.ExpiresAt).With(token.MaxUses).With(token.Uses).With(token.AllowReplace)
            .With(token.CreatedAt).With(token.CreatedBy).With(token.RevokedAt).With(token.Note)
            .With(token.AllowedLabels is { } allowed ? TextList.Write(allowed) : null)
            .Run() > 0;
    }

    public static void CountUse(Connection connection, string id)
    {
        using var update = connection.Use("UPDATE tokens SET uses = uses + 1 WHERE id = ?");
        update.With(id).Run();
    }

    public static void Revoke(Connection connection, string id, DateTimeOffset at)
    {
        using var update = connection.Use("UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
        update.With(at).With(id).Run();
    }

    private static TokenRecord Read(Statement row) => new()
    {
        Id = row.Text(),
        SecretHash = row.Bytes(),
        Kind = (TokenKind)row.Int(),
        Role = (OperatorRole?)row.IntOrNull(),
        Labels = TextMap.Read(row.Raw()),
        ExpiresAt = row.Time(),
        MaxUses = row.IntOrNull(),
        Uses = row.Int(),
        AllowReplace = row.Bool(),
        CreatedAt = row.Time(),
        CreatedBy = row.Text(),
        RevokedAt = row.TimeOrNull(),
        Note = row.Text(),
        AllowedLabels = row.TextOrNull() is { } allowed ? TextList.Read(allowed, int.MaxValue) : null,
    };
}
