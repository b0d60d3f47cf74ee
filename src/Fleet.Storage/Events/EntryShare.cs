namespace Fleet.Storage;

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
