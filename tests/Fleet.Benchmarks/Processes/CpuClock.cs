using System.Globalization;

namespace Fleet.Benchmarks.Processes;

/// <summary>Processor time to the nanosecond, as the scheduler counts it: /proc/PID/task/TID/schedstat.</summary>
internal static class CpuClock
{
    /// <summary>Of all threads that a process has now; those that have ended are not in it.</summary>
    public static TimeSpan Of(int pid)
    {
        var nanoseconds = 0L;
        foreach (var task in Directory.GetDirectories($"/proc/{pid}/task"))
        {
            try
            {
                nanoseconds += long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }
}
