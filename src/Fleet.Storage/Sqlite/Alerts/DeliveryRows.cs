namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the table <c>deliveries</c>.</summary>
internal static class DeliveryRows
{
    private const string Select =
        "SELECT key, alert_id, channel, occasion, message, created_at, due, attempts, sent_at, last_fault FROM deliveries";

    public static void Insert(Connection connection, NewDelivery delivery)
    {
        using var insert = connection.Use(
            "INSERT INTO deliveries (alert_id, channel, occasion, message, created_at, due) VALUES (?, ?, ?, ?, ?, ?)");
        insert.With(delivery.AlertId).With(delivery.Channel).With(delivery.Occasion).With(delivery.Message).With(delivery.CreatedAt)
            .With(delivery.NotBefore ?? delivery.CreatedAt).Run();
    }

    public static IReadOnlyList<DeliveryRecord> Due(Connection connection, DateTimeOffset now, int limit)
    {
        using var rows = connection.Use($"{Select} WHERE due IS NOT NULL AND due <= ? ORDER BY due, key LIMIT ?");
        return ReadAll(rows.With(now).With(limit));
    }

    public static DateTimeOffset? NextDue(Connection connection)
    {
        using var row = connection.Use("SELECT min(due) FROM deliveries WHERE due IS NOT NULL");
        return row.Next() ? row.TimeOrNull() : null;
    }

    public static IReadOnlyList<DeliveryRecord> OfAlerts(Connection connection, IReadOnlyCollection<string> alertIds)
    {
        using var rows = connection.Use($"{Select} WHERE alert_id IN (SELECT value FROM json_each(?)) ORDER BY key");
        return ReadAll(rows.With(TextList.Write(alertIds)));
    }

    public static void RecordAttempt(Connection connection, long key, DeliveryAttempt attempt)
    {
        using var update = connection.Use(
            "UPDATE deliveries SET attempts = attempts + 1, sent_at = ?, due = ?, last_fault = ? WHERE key = ?");
        update.With(attempt.SentAt).With(attempt.Next).With(attempt.Fault).With(key).Run();
    }

    private static List<DeliveryRecord> ReadAll(Statement rows)
    {
        var deliveries = new List<DeliveryRecord>();
        while (rows.Next())
        {
            var key = rows.Long();
            var delivery = new NewDelivery(rows.Text(), rows.Text(), rows.Text(), rows.Bytes(), rows.Time());
            deliveries.Add(new DeliveryRecord(key, delivery, rows.TimeOrNull(), rows.Int(), rows.TimeOrNull(), rows.Text()));
        }

        return deliveries;
    }
}
