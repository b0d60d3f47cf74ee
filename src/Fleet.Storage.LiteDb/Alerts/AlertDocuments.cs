using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collection <c>alerts</c>, and how far findings have been judged.</summary>
internal static class AlertDocuments
{
    public static long EvaluatedUpTo(Database database) => database.State.EvaluatedUpTo;

    public static void SetEvaluatedUpTo(Database database, long seq) => database.State.EvaluatedUpTo = seq;

    public static IReadOnlyList<AlertRecord> Open(Database database) =>
    [
        .. OpenOnes(database).Select(Read).OrderBy(alert => alert.StartedAt).ThenBy(alert => alert.Id, StringComparer.Ordinal),
    ];

    public static IReadOnlyList<AlertRecord> List(Database database, bool includeResolved, string? scan, int limit) =>
    [
        .. database.Between(Collections.Alerts, "started", Key.Of(long.MinValue, ""), Key.Of(long.MaxValue, "\uffff"), isDescending: true)
            .Where(alert => includeResolved || !alert["open"].IsNull)
            .Where(alert => scan is null || alert["scan"].AsString == scan)
            .Take(limit)
            .Select(Read),
    ];

    public static IReadOnlyDictionary<string, int> CountOpen(Database database) => OpenOnes(database)
        .GroupBy(alert => alert["scan"].AsString, StringComparer.Ordinal)
        .ToDictionary(alerts => alerts.Key, alerts => alerts.Count(), StringComparer.Ordinal);

    public static AlertRecord? Find(Database database, string id) => database.Find(Collections.Alerts, id) is { } alert ? Read(alert) : null;

    public static void Put(Database database, AlertRecord alert)
    {
        if (alert.State != AlertState.Resolved && database.FindBy(Collections.Alerts, "open", alert.Fingerprint) is { } other && other["_id"].AsString != alert.Id)
        {
            throw new StoreException(
                StoreFault.Other, $"the store {database.Path} refused an operation: the alert {other["_id"].AsString} is open for {alert.Fingerprint}");
        }

        var document = database.Find(Collections.Alerts, alert.Id) ?? New(alert);
        document["severity"] = alert.Severity;
        document["state"] = (int)alert.State;
        document["fired_at"] = Field.Of(alert.FiredAt);
        document["last_hit"] = Field.Of(alert.LastHitAt);
        document["resolved_at"] = Field.Of(alert.ResolvedAt);
        document["count"] = alert.Count;
        document["detail"] = alert.Detail;
        document["silence"] = Field.Of(alert.SilenceId);
        SetIndexed(document);
        database.Upsert(Collections.Alerts, document);
    }

    public static bool Acknowledge(Database database, string id, string by, string comment, DateTimeOffset at)
    {
        if (database.Find(Collections.Alerts, id) is not { } alert)
            return false;
        alert["acknowledger"] = Field.Of(by);
        alert["acknowledged"] = Field.Of(at);
        alert["acknowledgement"] = Field.Of(comment);
        database.Update(Collections.Alerts, alert);
        return true;
    }

    public static int DeleteOld(Database database, DateTimeOffset resolvedBefore, int limit)
    {
        var old = database.Between(
                Collections.Alerts, "resolved", Key.Of(long.MinValue, ""), Key.Of(resolvedBefore.ToUnixTimeMilliseconds() - 1, "\uffff"))
            .Select(alert => alert["_id"])
            .ToList();
        var deleted = 0;
        foreach (var id in old)
        {
            if (deleted == limit)
                break;
            var messages = database.Equal(Collections.Deliveries, "alert", id).ToList();
            if (messages.Any(message => !message["due"].IsNull))
                continue;
            database.Delete(Collections.Deliveries, [.. messages.Select(message => message["_id"])]);
            database.Delete(Collections.Alerts, id);
            deleted++;
        }

        return deleted;
    }

    /// <summary>What the fields that are there for the indexes must be.</summary>
    public static void SetIndexed(BsonDocument alert)
    {
        var (id, isResolved) = (alert["_id"].AsString, alert["state"].AsInt32 == (int)AlertState.Resolved);
        alert["started"] = Key.Of(alert["started_at"].AsInt64, id);
        alert["open"] = isResolved ? BsonValue.Null : alert["fingerprint"];
        alert["resolved"] = isResolved && alert["resolved_at"].LongOrNull() is { } at ? Key.Of(at, id) : BsonValue.Null;
    }

    private static IEnumerable<BsonDocument> OpenOnes(Database database) => database.Between(Collections.Alerts, "open", "", "\uffff");

    private static BsonDocument New(AlertRecord alert) => new()
    {
        ["_id"] = alert.Id,
        ["scan"] = alert.Scan,
        ["pattern"] = Field.Of(alert.Pattern),
        ["fingerprint"] = Field.Of(alert.Fingerprint),
        ["agent"] = Field.Of(alert.AgentName),
        ["template"] = Field.Of(alert.Template),
        ["started_at"] = Field.Of(alert.StartedAt),
    };

    private static AlertRecord Read(BsonDocument alert) => new()
    {
        Id = alert["_id"].AsString,
        Scan = alert["scan"].AsString,
        Pattern = alert["pattern"].AsString,
        Fingerprint = alert["fingerprint"].AsString,
        AgentName = alert["agent"].AsString,
        Template = alert["template"].AsString,
        Severity = alert["severity"].AsInt32,
        State = (AlertState)alert["state"].AsInt32,
        StartedAt = alert["started_at"].Time(),
        FiredAt = alert["fired_at"].TimeOrNull(),
        LastHitAt = alert["last_hit"].Time(),
        ResolvedAt = alert["resolved_at"].TimeOrNull(),
        Count = alert["count"].AsInt64,
        Detail = alert["detail"].AsBinary,
        SilenceId = alert["silence"].TextOrNull(),
        AcknowledgedBy = alert["acknowledger"].TextOrNull(),
        AcknowledgedAt = alert["acknowledged"].TimeOrNull(),
        Acknowledgement = alert["acknowledgement"].TextOrNull(),
    };
}
