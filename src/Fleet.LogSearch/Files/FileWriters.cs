namespace Fleet.LogSearch.Files;

/// <summary>Whether some process has a file open for writing.</summary>
internal enum WriterState
{
    /// <summary>It cannot be told here: not all processes can be seen.</summary>
    Unknown,

    /// <summary>Not looked at yet: ask again before long.</summary>
    NotYet,

    /// <summary>None has.</summary>
    None,

    /// <summary>One has, at least.</summary>
    Some,
}

/// <summary>Tells which files are open for writing anywhere on the host, from <c>/proc/*/fd</c>.</summary>
/// <remarks>
/// One thread. One look at all processes answers for all files, and is taken no more often than it is cheap. A process that has mapped a file and
/// closed it is not seen.
/// </remarks>
internal sealed class FileWriters
{
    // PROC_PID_INIT_INO of <linux/proc_ns.h>: elsewhere than in the first namespace of processes, those of the host are not seen.
    private const string AllProcesses = "pid:[4026531836]";
    private const string Processes = "/proc";
    private const int AccessModes = 0x3; // O_WRONLY | O_RDWR

    // No more than a twentieth of the time, unless all the processes of the host take half a second and more.
    private const int PausePerCost = 20;

    private static readonly TimeSpan s_leastPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);

    private readonly HashSet<(ulong Device, ulong Inode)> _written = [];
    private long? _lookedAt;
    private TimeSpan _pause;
    private bool _sawAll;

    /// <summary>Asks for a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="notBefore">The answer must be younger than this time stamp.</param>
    /// <param name="time">The clock.</param>
    public WriterState Ask(FileStatus file, long notBefore, TimeProvider time)
    {
        if (_lookedAt is not { } looked || looked < notBefore)
        {
            if (_lookedAt is { } before && time.GetElapsedTime(before) < _pause)
            {
                return WriterState.NotYet;
            }

            _lookedAt = time.GetTimestamp();
            Look();
            double wanted = (time.GetElapsedTime(_lookedAt.Value) * PausePerCost).TotalSeconds;
            _pause = TimeSpan.FromSeconds(Math.Clamp(wanted, s_leastPause.TotalSeconds, s_longestPause.TotalSeconds));
        }

        return _written.Contains((file.Device, file.Inode)) ? WriterState.Some : _sawAll ? WriterState.None : WriterState.Unknown;
    }

    private void Look()
    {
        _written.Clear();
        _sawAll = SeesAllProcesses();
        foreach (string process in Names(Processes))
        {
            if (!char.IsAsciiDigit(process[Processes.Length + 1]))
            {
                continue;
            }

            foreach (string open in Names(Path.Join(process, "fd")))
            {
                // Through the link: of what is no file it gives another kind.
                if (FileStatus.Of(open) is { IsRegular: true } file && IsForWriting(process, Path.GetFileName(open)))
                {
                    _written.Add((file.Device, file.Inode));
                }
            }
        }
    }

    private List<string> Names(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(directory)];
        }
        catch (UnauthorizedAccessException)
        {
            _sawAll = false;
        }
        catch (IOException)
        {
            // It has ended meanwhile, and has nothing open any more.
        }

        return [];
    }

    private static bool SeesAllProcesses()
    {
        try
        {
            return new FileInfo("/proc/self/ns/pid").LinkTarget == AllProcesses;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool IsForWriting(string process, string number)
    {
        try
        {
            foreach (string line in File.ReadLines(Path.Join(process, "fdinfo", number)))
            {
                if (line.StartsWith("flags:", StringComparison.Ordinal))
                {
                    return (Convert.ToInt32(line["flags:".Length..].Trim(), 8) & AccessModes) != 0;
                }
            }
        }
        catch (UnauthorizedAccessException)
        {
            _sawAll = false;
        }
        catch (Exception fault) when (fault is IOException or FormatException or OverflowException)
        {
            // Closed meanwhile.
        }

        return false;
    }
}
