namespace Fleet.Storage;

/// <summary>
/// Applies the entries of one or more callers in order: events as they come, tasks and counts once at the end.
/// Used once, inside a transaction.
/// </summary>
/// <param name="find">Reads a job of the store; null where there is none.</param>
/// <param name="now">When jobs that end now have ended.</param>
internal sealed class EntryBatch(Func<string, TouchedJob?> find, DateTimeOffset now)
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
                job.Write(now);
        }
    }

    private EntryOutcome Append(EntryShare share, TaskEntry entry)
    {
        if (!jobs.TryGetValue(entry.JobId, out var job))
            jobs.Add(entry.JobId, job = find(entry.JobId));
        if (job is null)
            return new EntryOutcome(EntryStatus.UnknownTask, 0, default, 0);
        if (entry.Ordinal == 0)
            return new EntryOutcome(EntryStatus.Applied, AddEvent(share, job, entry), default, 0);

        var task = job.FindTask(entry.Ordinal);
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

    private static long AddEvent(EntryShare share, TouchedJob job, TaskEntry entry)
    {
        job.LastChangedBy = share;
        var seq = entry.Kind is { } kind ? job.InsertEvent(kind, entry) : 0;
        share.Count(job, seq);
        job.OutputBytes += entry.Data.Length;
        return seq;
    }
}
