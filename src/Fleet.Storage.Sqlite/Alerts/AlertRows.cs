namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the table <c>alerts</c>, and how far findings have been judged.</summary>
internal static class AlertRows
{
    private const string Select =
        """
        SELECT id, scan, pattern, fingerprint, agent_name, template, severity, state, started_at, fired_at, last_hit_at, resolved_at,
            count, detail, silence_id, acknowledged_by, acknowledged_at, acknowledgement
        FROM alerts
        """;

    private const string Old =
        """
        SELECT id FROM alerts
        WHERE state = 3 AND resolved_at < ? AND NOT EXISTS (SELECT 1 FROM deliveries WHERE alert_id = alerts.id AND due IS NOT NULL)
        ORDER BY resolved_at, id LIMIT ?
        """;

    public static long EvaluatedUpTo(Connection connection) => connection.Number("SELECT seq FROM alert_progress");

    public static void SetEvaluatedUpTo(Connection connection, long seq)
    {
        using var update = connection.Use("UPDATE alert_progress SET seq = max(seq, ?)");
        update.With(seq).Run();
    }

    public static IReadOnlyList<AlertRecord> Open(Connection connection)
    {
        using var rows = connection.Use($"{Select} WHERE state < 3 ORDER BY started_at, id");
        return ReadAll(rows);
    }

    public static IReadOnlyList<AlertRecord> List(Connection connection, bool includeResolved, string? scan, int limit)
    {
        using var rows = connection.Use(
            $"{Select} WHERE state <= ?1 AND (?2 IS NULL OR scan = ?2) ORDER BY started_at DESC, id DESC LIMIT ?3");
        return ReadAll(rows.With((int)(includeResolved ? AlertState.Resolved : AlertState.Firing)).With(scan).With(limit));
    }

    public static IReadOnlyDictionary<string, int> CountOpen(Connection connection)
    {
        using var rows = connection.Use("SELECT scan, count(*) FROM alerts WHERE state < 3 GROUP BY scan");
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        while (rows.Next())
            counts.Add(rows.Text(), rows.Int());
        return counts;
    }

    public static AlertRecord? Find(Connection connection, string id)
    {
        using var rows = connection.Use($"{Select} WHERE id = ?");
        return ReadAll(rows.With(id)).FirstOrDefault();
    }

    public static void Put(Connection connection, AlertRecord alert)
    {
        using var put = connection.Use(
            """
            INSERT INTO alerts
                (id, scan, pattern, fingerprint, agent_name, template, severity, state, started_at, fired_at, last_hit_at, resolved_at,
                count, detail, silence_id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            ON CONFLICT (id) DO UPDATE SET
                severity = ?7, state = ?8, fired_at = ?10, last_hit_at = ?11, resolved_at = ?12, count = ?13, detail = ?14, silence_id = ?15
            """);
        put.With(alert.Id).With(alert.Scan).With(alert.Pattern).With(alert.Fingerprint).With(alert.AgentName).With(alert.Template)
            .With(alert.Severity).With((int)alert.State).With(alert.StartedAt).With(alert.FiredAt).With(alert.LastHitAt)
            .With(alert.ResolvedAt).With(alert.Count).With(alert.Detail).With(alert.SilenceId)
            .Run();
    }

    public static bool Acknowledge(Connection connection, string id, string by, string comment, DateTimeOffset at)
    {
        using var update = connection.Use(
            "UPDATE alerts SET acknowledged_by = ?, acknowledged_at = ?, acknowledgement = ? WHERE id = ?");
        return update.With(by).With(at).With(comment).With(id).Run() > 0;
    }

    public static int DeleteOld(Connection connection, DateTimeOffset resolvedBefore, int limit)
    {
        using (var messages = connection.Use($"DELETE FROM deliveries WHERE alert_id IN ({Old})"))
            messages.With(resolvedBefore).With(limit).Run();
        using var delete = connection.Use($"DELETE FROM alerts WHERE id IN ({Old})");
        return delete.With(resolvedBefore).With(limit).Run();
    }

    private static List<AlertRecord> ReadAll(Statement rows)
    {
        var alerts = new List<AlertRecord>();
        while (rows.Next())
        {
            alerts.Add(new AlertRecord
            {
                Id = rows.Text(),
                Scan = rows.Text(),
                Pattern = rows.Text(),
                Fingerprint = rows.Text(),
                AgentName = rows.Text(),
                Template = rows.Text(),
                Severity = rows.Int(),
                State = (AlertState)rows.Int(),
                StartedAt = rows.Time(),
                FiredAt = rows.TimeOrNull(),
                LastHitAt = rows.Time(),
                ResolvedAt = rows.TimeOrNull(),
                Count = rows.Long(),
                Detail = rows.Bytes(),
                SilenceId = rows.TextOrNull(),
                AcknowledgedBy = rows.TextOrNull(),
                AcknowledgedAt = rows.TimeOrNull(),
                Acknowledgement = rows.TextOrNull(),
            });
        }

        return alerts;
    }
}
