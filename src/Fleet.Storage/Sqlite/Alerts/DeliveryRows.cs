namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the table <c>deliveries</c>.</summary>
internal static class DeliveryRows
{
    private const string Select =
        "SELECT key, alert_id, channel, occasion, message, created_at, not_before, due, attempts, sent_at, last_fault FROM deliveries";

    private const string IsNext =
        """
        due IS NOT NULL AND channel NOT IN (SELECT value FROM json_each(?)) AND NOT EXISTS (
            SELECT 1 FROM deliveries AS earlier
            WHERE earlier.alert_id = deliveries.alert_id AND earlier.channel = deliveries.channel AND earlier.key < deliveries.key
                AND earlier.due IS NOT NULL)
        """;

    public static void Insert(Connection connection, NewDelivery delivery)
    {
        using var insert = connection.Use(
            "INSERT INTO deliveries (alert_id, channel, occasion, message, created_at, not_before, due) VALUES (?, ?, ?, ?, ?, ?, ?)");
        insert.With(delivery.AlertId).With(delivery.Channel).With(delivery.Occasion).With(delivery.Message).With(delivery.CreatedAt)
            .With(delivery.NotBefore).With(delivery.NotBefore ?? delivery.CreatedAt).Run();
    }

    public static IReadOnlyList<DeliveryRecord> Due(Connection connection, DateTimeOffset now, IReadOnlyCollection<string> exceptChannels, int limit)
    {
        using var rows = connection.Use($"{Select} WHERE {IsNext} AND due <= ? ORDER BY due, key LIMIT ?");
        return ReadAll(rows.With(TextList.Write(exceptChannels)).With(now).With(limit));
    }

    public static DateTimeOffset? NextDue(Connection connection, IReadOnlyCollection<string> exceptChannels)
    {
        using var row = connection.Use($"SELECT min(due) FROM deliveries WHERE {IsNext}");
        return row.With(TextList.Write(exceptChannels)).Next() ? row.TimeOrNull() : null;
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
            var delivery = new NewDelivery(rows.Text(), rows.Text(), rows.Text(), rows.Bytes(), rows.Time()) { NotBefore = rows.TimeOrNull() };
            deliveries.Add(new DeliveryRecord(key, delivery, rows.TimeOrNull(), rows.Int(), rows.TimeOrNull(), rows.Text()));
        }

        return deliveries;
    }
}
