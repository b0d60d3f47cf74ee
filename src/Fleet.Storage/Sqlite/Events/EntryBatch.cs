namespace Fleet.Storage.Sqlite;

/// <summary>Applies entries in order: events as they come, tasks and counts once at the end. Used once, inside a transaction.</summary>
internal sealed class EntryBatch(Connection connection, DateTimeOffset now)
{
    private readonly Dictionary<string, TouchedJob?> jobs = new(StringComparer.Ordinal);

    public AppendResult Append(IReadOnlyList<TaskEntry> entries)
    {
        var outcomes = new EntryOutcome[entries.Count];
        for (var i = 0; i < outcomes.Length; i++)
            outcomes[i] = Append(entries[i]);

        List<JobProgress> progress = [];
        foreach (var job in jobs.Values)
        {
            if (job is { IsChanged: true })
                progress.Add(job.Write(connection, now));
        }

        return new AppendResult(outcomes, progress);
    }

    private EntryOutcome Append(TaskEntry entry)
    {
        if (!jobs.TryGetValue(entry.JobId, out var job))
            jobs.Add(entry.JobId, job = TouchedJob.Find(connection, entry.JobId));
        if (job is null)
            return new EntryOutcome(EntryStatus.UnknownTask, 0, default, 0);
        if (entry.Ordinal == 0)
            return new EntryOutcome(EntryStatus.Applied, AddEvent(job, entry), default, 0);

        var task = FindTask(job, entry.Ordinal);
        if (task is null)
            return new EntryOutcome(EntryStatus.UnknownTask, 0, default, 0);
        var status = EntryCheck.Judge(entry, task.State, task.LastAgentSeq);
        if (status != EntryStatus.Applied)
            return new EntryOutcome(status, 0, task.State, task.LastAgentSeq);

        var before = task.State;
        task.Apply(entry);
        job.CountMove(before, task.State);
        return new EntryOutcome(EntryStatus.Applied, AddEvent(job, entry), task.State, task.LastAgentSeq);
    }

    private TouchedTask? FindTask(TouchedJob job, int ordinal)
    {
        if (!job.Tasks.TryGetValue(ordinal, out var task))
            job.Tasks.Add(ordinal, task = TouchedTask.Find(connection, job.Key, ordinal));
        return task;
    }

    private long AddEvent(TouchedJob job, TaskEntry entry)
    {
        if (entry.Kind is not { } kind)
            return 0;
        var seq = EventRows.Insert(connection, job.Key, kind, entry);
        job.CountEvent(seq, entry.Data.Length);
        return seq;
    }
}
