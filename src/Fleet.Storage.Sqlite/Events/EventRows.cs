namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the table <c>events</c>.</summary>
internal static class EventRows
{
    /// <summary>Adds an event; returns its position.</summary>
    public static long Insert(Connection connection, long jobKey, TaskEventKind kind, TaskEntry entry)
    {
        using var insert = connection.Use("INSERT INTO events (job_key, ordinal, kind, agent_seq, at, data) VALUES (?, ?, ?, ?, ?, ?)");
        insert.With(jobKey).With(entry.Ordinal).With((int)kind).With(entry.AgentSeq).With(entry.At).With(entry.Data).Run();
        return connection.LastKey;
    }

    public static EventPage Read(Connection connection, string jobId, long afterSeq, int maxRows, int maxBytes)
    {
        var events = new List<TaskEvent>();
        if (JobRows.FindKey(connection, jobId) is not { } jobKey)
            return new EventPage(events, More: false);

        using var rows = connection.Use(
            "SELECT seq, ordinal, kind, agent_seq, at, data FROM events WHERE job_key = ? AND seq > ? ORDER BY seq");
        rows.With(jobKey).With(afterSeq);
        long bytes = 0;
        while (rows.Next())
        {
            var next = new TaskEvent(
                rows.Long(), jobId, rows.Int(), (TaskEventKind)rows.Int(), rows.LongOrNull(), rows.Time(), rows.Bytes());
            bytes += next.Data.Length;
            if (events.Count == maxRows || (bytes > maxBytes && events.Count > 0))
                return new EventPage(events, More: true);
            events.Add(next);
        }

        return new EventPage(events, More: false);
    }
}
