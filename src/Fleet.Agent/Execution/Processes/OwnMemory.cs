using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Processes;

/// <summary>This process's own peak resident set.</summary>
/// <remarks>
/// A child that shares its parent's memory until exec is charged with the parent's peak (exec_mmap in the kernel), so what wait4
/// reports for a small program is really ours. A figure at or below ours says no more than "at most".
/// </remarks>
internal static unsafe class OwnMemory
{
    internal static long PeakBytes()
    {
        var usage = stackalloc long[32];
        return Libc.GetResourceUsage(0, (byte*)usage) == 0 ? usage[4] * 1024 : 0;
    }
}
