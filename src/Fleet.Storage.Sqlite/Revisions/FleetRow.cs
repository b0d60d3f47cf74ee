namespace Fleet.Storage.Sqlite;

/// <summary>The one row of the table <c>fleet</c>.</summary>
internal static class FleetRow
{
    /// <summary>Whose the store is; null where it has not been told, also by a schema that has no such table.</summary>
    public static StoreIdentity? Find(Connection connection)
    {
        if (!HasTable(connection, "fleet"))
            return null;
        using var row = connection.Use("SELECT fleet_id, revision FROM fleet");
        return row.Next() ? new StoreIdentity(row.Text(), row.Long()) : null;
    }

    /// <summary>Tells the store whose it is, if it has not been told.</summary>
    public static void Adopt(Connection connection, string fleetId)
    {
        using var insert = connection.Use("INSERT INTO fleet (id, fleet_id, revision) VALUES (1, ?, 1) ON CONFLICT DO NOTHING");
        insert.With(fleetId).Run();
    }

    public static StoreIdentity Advance(Connection connection)
    {
        connection.Execute("UPDATE fleet SET revision = revision + 1");
        return Find(connection) ?? throw new InvalidOperationException($"the store {connection.Path} was opened without an expectation: it belongs to no fleet");
    }

    /// <summary>Whether anybody has enrolled in it, or could: every fleet begins with a token for its first admin, and tokens stay.</summary>
    public static bool HasAnybody(Connection connection) =>
        HasTable(connection, "tokens")
        && connection.Number("SELECT EXISTS (SELECT 1 FROM tokens) OR EXISTS (SELECT 1 FROM agents) OR EXISTS (SELECT 1 FROM operators)") != 0;

    private static bool HasTable(Connection connection, string name)
    {
        using var row = connection.Use("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
        return row.With(name).Next();
    }
}
