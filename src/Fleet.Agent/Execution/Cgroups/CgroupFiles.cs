using System.Globalization;
using System.Text;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Cgroups;

/// <summary>The files of cgroups: small texts, one call each.</summary>
internal static class CgroupFiles
{
    private const int OpenWriteOnly = 1;
    // The longest is the list of a cgroup's processes.
    private const int MostBytes = 16 << 20;

    /// <summary>Writes a value; zero, or the error number.</summary>
    internal static unsafe int Write(string directory, string file, string value)
    {
        using var fd = new Fd(Libc.Open(Path.Combine(directory, file), OpenWriteOnly | Libc.OpenCloseOnExec));
        if (fd.IsInvalid)
            return Errno.Last;
        var bytes = Encoding.ASCII.GetBytes(value);
        fixed (byte* start = bytes)
            return Libc.Write(fd, start, bytes.Length) < 0 ? Errno.Last : 0;
    }

    /// <summary>The text of a file; empty where it cannot be read: many hosts lack some of the files.</summary>
    internal static string Read(string directory, string file) => KernelFile.ReadText(Path.Combine(directory, file), MostBytes);

    /// <summary>A number that is all of a file; zero where there is none.</summary>
    internal static long ReadNumber(string directory, string file) => Number(Read(directory, file).AsSpan().Trim());

    /// <summary>The number behind a name in a file of lines such as "oom_kill 1"; zero where there is none.</summary>
    internal static long ReadField(string directory, string file, string name)
    {
        foreach (var line in Read(directory, file).AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name) && line.Length > name.Length && line[name.Length] == ' ')
                return Number(line[(name.Length + 1)..]);
        }

        return 0;
    }

    /// <summary>The processes of a cgroup and of those below it.</summary>
    internal static HashSet<int> Processes(string directory)
    {
        var processes = new HashSet<int>();
        AddProcesses(directory, processes);
        return processes;
    }

    /// <summary>The processes of a cgroup alone.</summary>
    internal static HashSet<int> OwnProcesses(string directory)
    {
        var processes = new HashSet<int>();
        foreach (var line in Read(directory, "cgroup.procs").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            processes.Add(int.Parse(line, CultureInfo.InvariantCulture));
        return processes;
    }

    /// <summary>Removes a cgroup and those below it; false while there are processes in it.</summary>
    internal static bool TryRemove(string directory)
    {
        foreach (var below in Below(directory))
            TryRemove(below);
        return Libc.RemoveDirectory(directory) == 0 || Errno.Last == Errno.NoEntry;
    }

    private static void AddProcesses(string directory, HashSet<int> processes)
    {
        processes.UnionWith(OwnProcesses(directory));
        foreach (var below in Below(directory))
            AddProcesses(below, processes);
    }

    private static string[] Below(string directory)
    {
        try
        {
            return Directory.GetDirectories(directory);
        }
        catch (IOException)
        {
            return []; // Gone.
        }
    }

    private static long Number(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
