namespace Fleet.Agent.Execution.Cgroups;

/// <summary>What the processes of a cgroup have used since it was made; figures that the host does not keep are zero.</summary>
/// <param name="Cpu">User and system time, also of processes that nobody waited for.</param>
/// <param name="PeakMemoryBytes">The largest use at any time, page cache included.</param>
/// <param name="MemoryKills">Processes that the kernel killed for lack of memory.</param>
/// <param name="RefusedProcesses">Processes and threads that could not be started because of the limit.</param>
internal readonly record struct CgroupUse(CpuTime Cpu, long PeakMemoryBytes, int MemoryKills, int RefusedProcesses);
