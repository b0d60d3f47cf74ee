using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collection <c>events</c>.</summary>
internal static class EventDocuments
{
    /// <summary>Adds an event; returns its position.</summary>
    public static long Insert(Database database, long jobKey, TaskEventKind kind, TaskEntry entry)
    {
        var seq = database.State.NextEvent();
        database.Insert(Collections.Events, new BsonDocument
        {
            ["_id"] = Key.Of(jobKey, seq),
            ["task"] = entry.Ordinal,
            ["kind"] = (int)kind,
            ["seq"] = entry.AgentSeq is { } number ? number : BsonValue.Null,
            ["at"] = Field.Of(entry.At),
            ["data"] = entry.Data,
        });
        return seq;
    }

    public static EventPage Read(Database database, string jobId, long afterSeq, int maxRows, int maxBytes)
    {
        var events = new List<TaskEvent>();
        if (JobDocuments.FindKey(database, jobId) is not { } jobKey || afterSeq == long.MaxValue)
            return new EventPage(events, More: false);
        long bytes = 0;
        foreach (var document in database.Between(Collections.Events, "_id", Key.Of(jobKey, afterSeq + 1), Key.Of(jobKey, long.MaxValue)))
        {
            var next = new TaskEvent(
                Key.Last(document["_id"]), jobId, document["task"].AsInt32, (TaskEventKind)document["kind"].AsInt32,
                document["seq"].LongOrNull(), document["at"].Time(), document["data"].AsBinary);
            bytes += next.Data.Length;
            if (events.Count == maxRows || (bytes > maxBytes && events.Count > 0))
                return new EventPage(events, More: true);
            events.Add(next);
        }

        return new EventPage(events, More: false);
    }

    /// <summary>Deletes a piece of a job's log; returns how many events and bytes, no events at the end.</summary>
    public static (int Events, long Bytes) Delete(Database database, long jobKey, int limit)
    {
        var events = database.Between(Collections.Events, "_id", Key.Of(jobKey, 0), Key.Of(jobKey, long.MaxValue)).Take(limit)
            .Select(document => (Id: document["_id"], Bytes: document["data"].AsBinary.Length)).ToList();
        database.Delete(Collections.Events, [.. events.Select(document => document.Id)]);
        return (events.Count, events.Sum(document => (long)document.Bytes));
    }
}
