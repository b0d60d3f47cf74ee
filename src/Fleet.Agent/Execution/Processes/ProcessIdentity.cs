namespace Fleet.Agent.Execution.Processes;

/// <summary>A process for good: its number alone may be given to another process later.</summary>
/// <param name="Pid">The process number.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot (proc(5), field 22 of stat).</param>
public readonly record struct ProcessIdentity(int Pid, long StartTicks);
