using System.Runtime.InteropServices;

namespace Fleet.LogSearch.Priority;

/// <summary>Processor time of the calling thread.</summary>
public static partial class ThreadCpu
{
    private const int ThreadCpuClock = 3; // CLOCK_THREAD_CPUTIME_ID, clock_gettime(2)

    /// <summary>What the thread has used since it started; zero where the system does not tell.</summary>
    public static TimeSpan Used() =>
        OperatingSystem.IsLinux() && GetTime(ThreadCpuClock, out TimeSpec time) == 0
            ? TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100))
            : TimeSpan.Zero;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
