using System.Globalization;

namespace Fleet.Benchmarks.Processes;

/// <summary>What a process uses, as /proc has it (proc(5)).</summary>
/// <param name="RssBytes">Resident memory.</param>
/// <param name="PrivateDirtyBytes">Resident memory that is its own and was written to.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="Cpu">Processor time so far, its children's not counted; in steps of 10 ms.</param>
/// <param name="VoluntarySwitches">How often its threads went to sleep so far.</param>
internal sealed record ProcessFigures(long RssBytes, long PrivateDirtyBytes, int Threads, TimeSpan Cpu, long VoluntarySwitches)
{
    // USER_HZ, which is 100 on every architecture that .NET runs on.
    private const int TicksPerSecond = 100;

    /// <summary>Reads them.</summary>
    public static ProcessFigures Read(int pid)
    {
        var rollup = File.ReadAllLines($"/proc/{pid}/smaps_rollup");
        return new ProcessFigures(
            Kilobytes(rollup, "Rss:") * 1024,
            Kilobytes(rollup, "Private_Dirty:") * 1024,
            Directory.GetDirectories($"/proc/{pid}/task").Length,
            CpuOf(pid),
            SwitchesOf(pid));
    }

    /// <summary>Processor time so far.</summary>
    public static TimeSpan CpuOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        // The name, in brackets, may hold anything: fields are counted from its end. utime and stime are fields 14 and 15.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }

    /// <summary>Resident memory.</summary>
    public static long RssOf(int pid) => Kilobytes(File.ReadAllLines($"/proc/{pid}/status"), "VmRSS:") * 1024;

    private static long SwitchesOf(int pid) => Directory.GetDirectories($"/proc/{pid}/task")
        .Sum(task => Kilobytes(File.ReadAllLines(Path.Combine(task, "status")), "voluntary_ctxt_switches:"));

    private static long Kilobytes(string[] lines, string key)
    {
        var line = lines.First(line => line.StartsWith(key, StringComparison.Ordinal));
        return long.Parse(line[key.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0], CultureInfo.InvariantCulture);
    }
}
