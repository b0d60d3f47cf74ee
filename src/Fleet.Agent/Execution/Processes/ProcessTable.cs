using System.Text;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Processes;

/// <summary>Reads processes from <c>/proc</c>; whatever vanishes between two reads is simply not there.</summary>
internal static class ProcessTable
{
    // A stat line is at most about 600 bytes: 52 numbers and a name of 64.
    private const int StatBytes = 2048;
    private const int SlackBytes = 32;

    // The kernel bounds arguments and environment together by a quarter of the stack limit, usually 2 MiB.
    private const int MaxEnvironmentBytes = 4 << 20;

    /// <summary>All processes of the host that this process may see.</summary>
    internal static List<ProcStat> Read()
    {
        var processes = new List<ProcStat>(256);
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), out var pid) && TryRead(pid, out var stat))
                processes.Add(stat);
        }

        return processes;
    }

    /// <summary>One process; false where there is none of that number.</summary>
    internal static bool TryRead(int pid, out ProcStat stat)
    {
        Span<byte> buffer = stackalloc byte[StatBytes];
        var length = KernelFile.Read($"/proc/{pid}/stat", buffer);
        return ProcStat.TryParse(buffer[..length], out stat);
    }

    /// <summary>True while exactly this process, not a later one of the same number, is alive.</summary>
    internal static bool IsAlive(ProcessIdentity process) =>
        TryRead(process.Pid, out var stat) && stat.StartTicks == process.StartTicks && stat.IsAlive;

    /// <summary>A variable of the environment that a process was started with; null where it has none or may not be read.</summary>
    internal static string? Variable(int pid, string name) =>
        ValueOf(KernelFile.Read($"/proc/{pid}/environ", MaxEnvironmentBytes), Encoding.ASCII.GetBytes(name + "="));

    /// <summary>The timer slack of a process in nanoseconds; null where it cannot be read (CAP_SYS_NICE is needed).</summary>
    internal static long? TimerSlack(int pid)
    {
        Span<byte> buffer = stackalloc byte[SlackBytes];
        var length = KernelFile.Read($"/proc/{pid}/timerslack_ns", buffer);
        return long.TryParse(Encoding.ASCII.GetString(buffer[..length]).AsSpan().Trim(), out var slack) ? slack : null;
    }

    private static string? ValueOf(ReadOnlySpan<byte> environment, ReadOnlySpan<byte> prefix)
    {
        while (!environment.IsEmpty)
        {
            var end = environment.IndexOf((byte)0);
            var entry = end < 0 ? environment : environment[..end];
            if (entry.StartsWith(prefix))
                return Encoding.UTF8.GetString(entry[prefix.Length..]);
            environment = end < 0 ? default : environment[(end + 1)..];
        }

        return null;
    }
}
