namespace Fleet.Agent.Execution;

/// <summary>A peak of memory as the kernel tells it.</summary>
/// <param name="Bytes">Zero where it is not known.</param>
/// <param name="IsUpperBound">True: at most so much; the figure includes the agent's own from before the program was executed.</param>
public readonly record struct PeakMemory(long Bytes, bool IsUpperBound);
