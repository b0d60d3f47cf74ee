namespace Fleet.Agent.Execution.Output;

/// <summary>What became of one stream of a step.</summary>
/// <param name="TotalBytes">Bytes the step wrote, as far as they were read.</param>
/// <param name="DroppedBytes">Those between head and tail that were counted and let go.</param>
/// <param name="ReachedEnd">False where a process left behind still held the pipe when reading stopped.</param>
public readonly record struct StreamTotals(long TotalBytes, long DroppedBytes, bool ReachedEnd);
