namespace Fleet.Storage;

/// <summary>What became of a batch of entries.</summary>
/// <param name="Entries">One outcome for each entry, in their order.</param>
/// <param name="Jobs">The jobs that were changed, as they are now.</param>
public sealed record AppendResult(IReadOnlyList<EntryOutcome> Entries, IReadOnlyList<JobProgress> Jobs);

/// <summary>How far a job is.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Counts">Its tasks by state.</param>
/// <param name="BecameDone">This batch ended its last task.</param>
/// <param name="LastSeq">Position of its last event stored by this batch; 0 if none.</param>
public sealed record JobProgress(string JobId, TaskCounts Counts, bool BecameDone, long LastSeq);
