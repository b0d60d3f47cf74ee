namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the table <c>revocations</c>.</summary>
internal static class RevocationRows
{
    public static void Insert(Connection connection, RevocationRecord revocation)
    {
        using var insert = connection.Use(
            "INSERT INTO revocations (serial, not_after, revoked_at, reason) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
        insert.With(revocation.Serial).With(revocation.NotAfter).With(revocation.RevokedAt).With(revocation.Reason).Run();
    }

    public static IReadOnlyList<RevocationRecord> List(Connection connection)
    {
        using var rows = connection.Use("SELECT serial, not_after, revoked_at, reason FROM revocations ORDER BY revoked_at, serial");
        var revocations = new List<RevocationRecord>();
        while (rows.Next())
            revocations.Add(new RevocationRecord(rows.Text(), rows.Time(), rows.Time(), rows.Text()));
        return revocations;
    }

    public static int DeleteEnded(Connection connection, DateTimeOffset before)
    {
        using var delete = connection.Use("DELETE FROM revocations WHERE not_after < ?");
        return delete.With(before).Run();
    }
}
