using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>
/// Applies the entries of one or more callers in order: events as they come, tasks and counts once at the end.
/// Used once, inside a transaction.
/// </summary>
internal sealed class EntryBatch(Database database, DateTimeOffset now)
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
                job.Write(database, now);
        }
    }

    private EntryOutcome Append(EntryShare share, TaskEntry entry)
    {
        if (!jobs.TryGetValue(entry.JobId, out var job))
            jobs.Add(entry.JobId, job = JobDocuments.FindDocument(database, entry.JobId) is { } document ? new TouchedJob(document) : null);
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
        {
            var document = TaskDocuments.FindDocument(database, job.Key, ordinal);
            job.Tasks.Add(ordinal, task = document is null ? null : new TouchedTask(document));
        }

        return task;
    }

    private long AddEvent(EntryShare share, TouchedJob job, TaskEntry entry)
    {
        job.LastChangedBy = share;
        var seq = entry.Kind is { } kind ? EventDocuments.Insert(database, job.Key, kind, entry) : 0;
        share.Count(job, seq);
        job.OutputBytes += entry.Data.Length;
        return seq;
    }
}

/// <summary>What one caller contributed to a batch of entries, and what it is told.</summary>
internal sealed class EntryShare(int entries)
{
    // In the order in which the caller first changed them: position of its last event, 0 if none.
    private readonly Dictionary<TouchedJob, long> lastSeqs = [];

    /// <summary>One for each of the caller's entries.</summary>
    public List<EntryOutcome> Outcomes { get; } = new(entries);

    /// <summary>Counts an entry that was applied.</summary>
    public void Count(TouchedJob job, long seq) => lastSeqs[job] = Math.Max(seq, lastSeqs.GetValueOrDefault(job));

    /// <summary>The result, once the batch is written. Of several callers, the last one that changed a job is told of its end.</summary>
    public AppendResult ToResult() => new(
        Outcomes,
        [.. lastSeqs.Select(row => new JobProgress(
            row.Key.Id, row.Key.Counts, row.Key.BecameDone && row.Key.LastChangedBy == this, row.Value))]);
}

/// <summary>A job that a batch of entries changes, and by how much.</summary>
internal sealed class TouchedJob(BsonDocument document)
{
    private readonly int[] changes = new int[TaskMoves.StateCount];

    public string Id { get; } = document["job"].AsString;

    public long Key { get; } = document["_id"].AsInt64;

    /// <summary>Bytes of data added to its log.</summary>
    public long OutputBytes { get; set; }

    /// <summary>Whose entry changed it last; null if none did.</summary>
    public EntryShare? LastChangedBy { get; set; }

    /// <summary>Its tasks by state, once written.</summary>
    public TaskCounts Counts { get; private set; } = null!;

    /// <summary>Whether its last task ended now, once written.</summary>
    public bool BecameDone { get; private set; }

    /// <summary>Its tasks that the batch has looked at, by ordinal.</summary>
    public Dictionary<int, TouchedTask?> Tasks { get; } = [];

    public void CountMove(TaskState from, TaskState to)
    {
        changes[(int)from]--;
        changes[(int)to]++;
    }

    /// <summary>Writes the tasks, the counts, and the job's end when no task is open any more.</summary>
    public void Write(Database database, DateTimeOffset now)
    {
        foreach (var (ordinal, task) in Tasks)
            task?.Write(database, Key, ordinal);
        JobDocuments.CountMoves(document, changes);
        document["output"] = document["output"].AsInt64 + OutputBytes;
        if (document["purge"].AsInt32 == JobDocuments.Kept)
            database.State.OutputBytes += OutputBytes;
        Counts = JobDocuments.Counts(document);
        // True only for the batch that ends it; remarks may follow.
        BecameDone = Counts.Open == 0 && document["state"].AsInt32 == (int)JobState.Running;
        if (BecameDone)
        {
            document["state"] = (int)JobState.Done;
            document["finished"] = Field.Of(now);
        }

        JobDocuments.Update(database, document);
    }
}

/// <summary>A task that a batch of entries changes: read once and written once, however many entries it has.</summary>
internal sealed class TouchedTask(BsonDocument document)
{
    private bool isChanged;

    public TaskState State { get; private set; } = (TaskState)document["state"].AsInt32;

    public long LastAgentSeq { get; private set; } = document["seq"].AsInt64;

    /// <summary>Takes on an entry that has been judged good.</summary>
    public void Apply(TaskEntry entry)
    {
        if (entry.Move is { } move)
            Move(move, entry.At);
        if (entry.AgentSeq is { } seq)
        {
            LastAgentSeq = seq;
            isChanged = true;
        }
    }

    public void Write(Database database, long jobKey, int ordinal)
    {
        if (!isChanged)
            return;
        document["state"] = (int)State;
        document["seq"] = LastAgentSeq;
        TaskDocuments.Update(database, jobKey, ordinal, document);
    }

    private void Move(TaskMove move, DateTimeOffset at)
    {
        // Another journal counts its records from 1 again.
        if (move.DispatchedTo is not null && Field.Of(move.DispatchedTo) != document["to"])
            LastAgentSeq = 0;
        State = move.To;
        Set("to", Field.Of(move.DispatchedTo));
        Set("started", Field.Of(move.StartedAt));
        Set("ended", Field.Of(move.EndedAt ?? (TaskMoves.IsEnd(move.To) ? at : null)));
        Set("reason", Field.Of(move.Reason));
        Set("exit", Field.Of(move.ExitCode));
        Set("result", Field.Of(move.ResultBytes));
        isChanged = true;
    }

    // What is null in a move stays as it is.
    private void Set(string field, BsonValue value)
    {
        if (!value.IsNull)
            document[field] = value;
    }
}
