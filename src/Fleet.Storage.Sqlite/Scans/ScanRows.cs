namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the tables <c>scans</c> and <c>channels</c>.</summary>
internal static class ScanRows
{
    public static ScanCatalog List(Connection connection)
    {
        var scans = new List<ScanRecord>();
        using (var rows = connection.Use("SELECT name, revision, definition, paused, changed_at, changed_by FROM scans ORDER BY name"))
        {
            while (rows.Next())
            {
                scans.Add(new ScanRecord
                {
                    Name = rows.Text(),
                    Revision = rows.Long(),
                    Definition = rows.Bytes(),
                    Paused = rows.Bool(),
                    ChangedAt = rows.Time(),
                    ChangedBy = rows.Text(),
                });
            }
        }

        var channels = new List<ChannelRecord>();
        using (var rows = connection.Use("SELECT name, definition FROM channels ORDER BY name"))
        {
            while (rows.Next())
                channels.Add(new ChannelRecord(rows.Text(), rows.Bytes()));
        }

        return new ScanCatalog(scans, channels);
    }

    /// <summary>A scan that is deleted and made anew must not come back with a revision that agents have seen: the clock sees to that.</summary>
    public static void Put(Connection connection, string name, byte[] definition, DateTimeOffset at, string by)
    {
        using var put = connection.Use(
            """
            INSERT INTO scans (name, revision, definition, paused, changed_at, changed_by) VALUES (?1, ?2, ?3, 0, ?2, ?4)
            ON CONFLICT (name) DO UPDATE SET
                revision = max(revision + 1, ?2), definition = ?3, changed_at = ?2, changed_by = ?4
            """);
        put.With(name).With(at).With(definition).With(by).Run();
    }

    public static void SetPaused(Connection connection, string name, bool paused, DateTimeOffset at, string by)
    {
        using var update = connection.Use(
            """
            UPDATE scans SET paused = ?1, revision = max(revision + 1, ?2), changed_at = ?2, changed_by = ?3
            WHERE name = ?4 AND paused <> ?1
            """);
        update.With(paused).With(at).With(by).With(name).Run();
    }

    public static void Delete(Connection connection, string name)
    {
        using (var delete = connection.Use("DELETE FROM scans WHERE name = ?"))
            delete.With(name).Run();
        using var totals = connection.Use("DELETE FROM scan_totals WHERE scan = ?");
        totals.With(name).Run();
    }

    public static void PutChannel(Connection connection, string name, byte[] definition)
    {
        using var put = connection.Use(
            "INSERT INTO channels (name, definition) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET definition = ?2");
        put.With(name).With(definition).Run();
    }

    public static void DeleteChannel(Connection connection, string name)
    {
        using var delete = connection.Use("DELETE FROM channels WHERE name = ?");
        delete.With(name).Run();
    }
}
