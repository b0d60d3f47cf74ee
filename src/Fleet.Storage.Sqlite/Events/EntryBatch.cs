namespace Fleet.Storage.Sqlite;

/// <summary>
/// Applies the entries of one or more callers in order: events as they come, tasks and counts once at the end.
/// Used once, inside a transaction.
/// </summary>
internal sealed class EntryBatch(Connection connection, DateTimeOffset now)
{
    private readonly Dictionary<string, TouchedJob?> jobs = new(StringComparer.Ordinal);

    /// <summary>Applies the entries of one caller.</summary>
    public EntryShare Add(IReadOnlyList<TaskEntry> entries)
    {
        var share = new EntryShare(entries.Count);
        foreach (var entry in entries)
            share.Outcomes.Add(Append(share, entry));
        return share;
    }

    /// <summary>Writes what all of them changed; only then do the shares know their results.</summary>
    public void Write()
    {
        foreach (var job in jobs.Values)
        {
            if (job is { LastChangedBy: not null })
                job.Write(connection, now);
        }
    }

    private EntryOutcome Append(EntryShare share, TaskEntry entry)
    {
        if (!jobs.TryGetValue(entry.JobId, out var job))
            jobs.Add(entry.JobId, job = TouchedJob.Find(connection, entry.JobId));
        if (job is null)
            return new EntryOutcome(EntryStatus.UnknownTask, 0, default, 0);
        if (entry.Ordinal == 0)
            return new EntryOutcome(EntryStatus.Applied, AddEvent(share, job, entry), default, 0);

        var task = FindTask(job, entry.Ordinal);
        if (task is null)
            return new EntryOutcome(EntryStatus.UnknownTask, 0, default, 0);
        var status = EntryCheck.Judge(entry, task.State, task.LastAgentSeq);
        if (status != EntryStatus.Applied)
            return new EntryOutcome(status, 0, task.State, task.LastAgentSeq);

        var before = task.State;
        task.Apply(entry);
        job.CountMove(before, task.State);
        return new EntryOutcome(EntryStatus.Applied, AddEvent(share, job, entry), task.State, task.LastAgentSeq);
    }

    private TouchedTask? FindTask(TouchedJob job, int ordinal)
    {
        if (!job.Tasks.TryGetValue(ordinal, out var task))
            job.Tasks.Add(ordinal, task = TouchedTask.Find(connection, job.Key, ordinal));
        return task;
    }

    private long AddEvent(EntryShare share, TouchedJob job, TaskEntry entry)
    {
        job.LastChangedBy = share;
        var seq = entry.Kind is { } kind ? EventRows.Insert(connection, job.Key, kind, entry) : 0;
        share.Count(job, seq);
        job.OutputBytes += entry.Data.Length;
        return seq;
    }
}
