using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collection <c>deliveries</c>; due is null once one was sent or given up.</summary>
internal static class DeliveryDocuments
{
    public static void Insert(Database database, NewDelivery delivery)
    {
        if (delivery.Channel.Length > 0)
        {
            Insert(database, delivery, delivery.Channel);
            return;
        }

        // Whoever hears, or will hear, that it fires is to hear that it is over, also where the rule names other channels by now.
        var channels = database.Equal(Collections.Deliveries, "alert", delivery.AlertId)
            .Where(it => it["occasion"].AsString == "firing").Select(it => it["channel"].AsString).ToHashSet(StringComparer.Ordinal);
        foreach (var channel in channels.Order(StringComparer.Ordinal))
            Insert(database, delivery, channel);
    }

    public static IReadOnlyList<string> WaitingChannels(Database database) =>
    [
        .. database.Between(Collections.Deliveries, "waiting", "", "\uffff").Select(it => it["channel"].AsString)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<WaitingDelivery> Due(Database database, string channel, DateTimeOffset now, int limit) =>
    [
        .. Next(database, channel).Where(it => it["due"].Time() <= now)
            .OrderByDescending(it => it["severity"].AsInt32).ThenBy(it => it["due"].AsInt64).ThenBy(it => it["_id"].AsInt64)
            .Take(limit)
            .ToList()
            .Select(it =>
            {
                var alert = AlertDocuments.Find(database, it["alert"].AsString);
                return new WaitingDelivery(
                    it["_id"].AsInt64, it["occasion"].AsString, it["severity"].AsInt32, alert?.Scan ?? "", alert?.Pattern ?? "");
            }),
    ];

    public static DateTimeOffset? NextDue(Database database, string channel, DateTimeOffset now) => Next(database, channel)
        .Select(it => it["due"].Time()).Where(due => due > now).Select(due => (DateTimeOffset?)due).Min();

    public static IReadOnlyList<DeliveryRecord> OfKeys(Database database, IReadOnlyCollection<long> keys) =>
        [.. keys.Distinct().Order().Select(key => database.Find(Collections.Deliveries, key)).OfType<BsonDocument>().Select(Read)];

    public static IReadOnlyList<DeliveryRecord> OfAlerts(Database database, IReadOnlyCollection<string> alertIds) =>
    [
        .. alertIds.Distinct(StringComparer.Ordinal).SelectMany(id => database.Equal(Collections.Deliveries, "alert", id)).Select(Read)
            .OrderBy(delivery => delivery.Key),
    ];

    public static void RecordAttempt(Database database, long key, DeliveryAttempt attempt)
    {
        if (database.Find(Collections.Deliveries, key) is not { } delivery)
            return;
        delivery["attempts"] = delivery["attempts"].AsInt32 + (attempt.IsThrottled ? 0 : 1);
        delivery["sent"] = Field.Of(attempt.SentAt);
        delivery["fault"] = Field.Of(attempt.Fault);
        SetDue(delivery, attempt.Next);
        database.Update(Collections.Deliveries, delivery);
    }

    public static int RetryNow(Database database, string channel, DateTimeOffset now)
    {
        var failed = database.Equal(Collections.Deliveries, "waiting", channel)
            .Where(it => it["due"].Time() > now && it["attempts"].AsInt32 > 0).ToList();
        foreach (var delivery in failed)
        {
            SetDue(delivery, now);
            database.Update(Collections.Deliveries, delivery);
        }

        return failed.Count;
    }

    /// <summary>What the field that is there for the index must be.</summary>
    public static void SetIndexed(BsonDocument delivery) => delivery["waiting"] = delivery["due"].IsNull ? BsonValue.Null : delivery["channel"];

    // Of each alert the earliest that waits: nobody is to hear that it is over before he hears that it began.
    private static IEnumerable<BsonDocument> Next(Database database, string channel) => database.Equal(Collections.Deliveries, "waiting", channel)
        .GroupBy(it => it["alert"].AsString, StringComparer.Ordinal)
        .Select(ofAlert => ofAlert.MinBy(it => it["_id"].AsInt64)!);

    private static void Insert(Database database, NewDelivery delivery, string channel)
    {
        var document = new BsonDocument
        {
            ["_id"] = database.State.NextDelivery(),
            ["alert"] = delivery.AlertId,
            ["channel"] = channel,
            ["occasion"] = delivery.Status,
            ["message"] = delivery.Message,
            ["created"] = Field.Of(delivery.CreatedAt),
            ["not_before"] = Field.Of(delivery.NotBefore),
            ["severity"] = delivery.Severity,
            ["attempts"] = 0,
            ["sent"] = BsonValue.Null,
            ["fault"] = "",
        };
        SetDue(document, delivery.NotBefore ?? delivery.CreatedAt);
        database.Insert(Collections.Deliveries, document);
    }

    private static void SetDue(BsonDocument delivery, DateTimeOffset? due)
    {
        delivery["due"] = Field.Of(due);
        SetIndexed(delivery);
    }

    private static DeliveryRecord Read(BsonDocument it) => new(
        it["_id"].AsInt64,
        new NewDelivery(it["alert"].AsString, it["channel"].AsString, it["occasion"].AsString, it["message"].AsBinary, it["created"].Time())
        {
            NotBefore = it["not_before"].TimeOrNull(),
            Severity = it["severity"].AsInt32,
        },
        it["due"].TimeOrNull(),
        it["attempts"].AsInt32,
        it["sent"].TimeOrNull(),
        it["fault"].AsString);
}
