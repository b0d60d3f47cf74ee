using System.Text.Json;

namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the table <c>deliveries</c>.</summary>
internal static class DeliveryRows
{
    private const string Select =
        "SELECT key, alert_id, channel, occasion, message, created_at, not_before, severity, due, attempts, sent_at, last_fault FROM deliveries";

    private const string IsNext =
        """
        deliveries.channel = ?1 AND deliveries.due IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM deliveries AS earlier
            WHERE earlier.alert_id = deliveries.alert_id AND earlier.channel = deliveries.channel AND earlier.key < deliveries.key
                AND earlier.due IS NOT NULL)
        """;

    public static void Insert(Connection connection, NewDelivery delivery)
    {
        // Whoever hears, or will hear, that it fires is to hear that it is over, also where the rule names other channels by now.
        using var insert = connection.Use(delivery.Channel.Length > 0
            ? """
              INSERT INTO deliveries (alert_id, channel, occasion, message, created_at, not_before, due, severity)
              VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
              """
            : """
              INSERT INTO deliveries (alert_id, channel, occasion, message, created_at, not_before, due, severity)
              SELECT DISTINCT ?1, channel, ?3, ?4, ?5, ?6, ?7, ?8 FROM deliveries
              WHERE alert_id = ?1 AND occasion = 'firing' AND ?2 = '' ORDER BY channel
              """);
        insert.With(delivery.AlertId).With(delivery.Channel).With(delivery.Status).With(delivery.Message).With(delivery.CreatedAt)
            .With(delivery.NotBefore).With(delivery.NotBefore ?? delivery.CreatedAt).With(delivery.Severity).Run();
    }

    public static IReadOnlyList<string> WaitingChannels(Connection connection)
    {
        using var rows = connection.Use("SELECT DISTINCT channel FROM deliveries WHERE due IS NOT NULL");
        var channels = new List<string>();
        while (rows.Next())
            channels.Add(rows.Text());
        return channels;
    }

    public static IReadOnlyList<WaitingDelivery> Due(Connection connection, string channel, DateTimeOffset now, int limit)
    {
        using var rows = connection.Use(
            $"""
            SELECT deliveries.key, occasion, deliveries.severity, coalesce(scan, ''), coalesce(pattern, '')
            FROM deliveries INDEXED BY deliveries_waiting LEFT JOIN alerts ON alerts.id = alert_id
            WHERE {IsNext} AND deliveries.due <= ?2
            ORDER BY deliveries.severity DESC, deliveries.due, deliveries.key LIMIT ?3
            """);
        rows.With(channel).With(now).With(limit);
        var due = new List<WaitingDelivery>();
        while (rows.Next())
            due.Add(new WaitingDelivery(rows.Long(), rows.Text(), rows.Int(), rows.Text(), rows.Text()));
        return due;
    }

    public static DateTimeOffset? NextDue(Connection connection, string channel, DateTimeOffset now)
    {
        using var row = connection.Use($"SELECT min(due) FROM deliveries WHERE {IsNext} AND deliveries.due > ?2");
        return row.With(channel).With(now).Next() ? row.TimeOrNull() : null;
    }

    public static IReadOnlyList<DeliveryRecord> OfKeys(Connection connection, IReadOnlyCollection<long> keys)
    {
        using var rows = connection.Use($"{Select} WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key");
        return ReadAll(rows.With(JsonSerializer.Serialize(keys)));
    }

    public static IReadOnlyList<DeliveryRecord> OfAlerts(Connection connection, IReadOnlyCollection<string> alertIds)
    {
        using var rows = connection.Use($"{Select} WHERE alert_id IN (SELECT value FROM json_each(?)) ORDER BY key");
        return ReadAll(rows.With(TextList.Write(alertIds)));
    }

    public static void RecordAttempt(Connection connection, long key, DeliveryAttempt attempt)
    {
        using var update = connection.Use(
            "UPDATE deliveries SET attempts = attempts + ?, sent_at = ?, due = ?, last_fault = ? WHERE key = ?");
        update.With(attempt.IsThrottled ? 0 : 1).With(attempt.SentAt).With(attempt.Next).With(attempt.Fault).With(key).Run();
    }

    public static int RetryNow(Connection connection, string channel, DateTimeOffset now)
    {
        using var update = connection.Use("UPDATE deliveries SET due = ?2 WHERE channel = ?1 AND due > ?2 AND attempts > 0");
        return update.With(channel).With(now).Run();
    }

    private static List<DeliveryRecord> ReadAll(Statement rows)
    {
        var deliveries = new List<DeliveryRecord>();
        while (rows.Next())
        {
            var key = rows.Long();
            var delivery = new NewDelivery(rows.Text(), rows.Text(), rows.Text(), rows.Bytes(), rows.Time())
            {
                NotBefore = rows.TimeOrNull(),
                Severity = rows.Int(),
            };
            deliveries.Add(new DeliveryRecord(key, delivery, rows.TimeOrNull(), rows.Int(), rows.TimeOrNull(), rows.Text()));
        }

        return deliveries;
    }
}
