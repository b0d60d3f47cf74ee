namespace Fleet.Agent.Execution;

/// <summary>Processor time, as getrusage(2) and a cgroup's cpu.stat tell it apart.</summary>
/// <param name="User">In programs themselves.</param>
/// <param name="System">In the kernel on their behalf.</param>
public readonly record struct CpuTime(TimeSpan User, TimeSpan System)
{
    /// <summary>Both together.</summary>
    public TimeSpan Total => User + System;

    /// <summary>What was used since an earlier reading of the same counters.</summary>
    public static CpuTime operator -(CpuTime now, CpuTime before) => new(now.User - before.User, now.System - before.System);

    /// <summary>The same by its name.</summary>
    public static CpuTime Subtract(CpuTime now, CpuTime before) => now - before;
}
