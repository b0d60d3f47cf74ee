namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the table <c>silences</c>.</summary>
internal static class SilenceRows
{
    public static IReadOnlyList<SilenceRecord> List(Connection connection)
    {
        using var rows = connection.Use(
            "SELECT id, scan, pattern, agent_name, created_at, expires_at, created_by, comment FROM silences ORDER BY created_at DESC, id");
        var silences = new List<SilenceRecord>();
        while (rows.Next())
        {
            silences.Add(new SilenceRecord
            {
                Id = rows.Text(),
                Scan = rows.Text(),
                Pattern = rows.Text(),
                AgentName = rows.Text(),
                CreatedAt = rows.Time(),
                ExpiresAt = rows.Time(),
                CreatedBy = rows.Text(),
                Comment = rows.Text(),
            });
        }

        return silences;
    }

    public static void Insert(Connection connection, SilenceRecord silence)
    {
        using var insert = connection.Use(
            """
            INSERT INTO silences (id, scan, pattern, agent_name, created_at, expires_at, created_by, comment)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """);
        insert.With(silence.Id).With(silence.Scan).With(silence.Pattern).With(silence.AgentName).With(silence.CreatedAt)
            .With(silence.ExpiresAt).With(silence.CreatedBy).With(silence.Comment).Run();
    }

    public static void Delete(Connection connection, string id)
    {
        using var delete = connection.Use("DELETE FROM silences WHERE id = ?");
        delete.With(id).Run();
    }

    public static int DeleteOld(Connection connection, DateTimeOffset expiredBefore)
    {
        using var delete = connection.Use("DELETE FROM silences WHERE expires_at < ?");
        return delete.With(expiredBefore).Run();
    }
}
