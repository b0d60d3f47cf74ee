namespace Fleet.Agent.Execution.Native;

/// <summary>The limit on this process's open files (RLIMIT_NOFILE of getrlimit(2)).</summary>
internal static unsafe class OpenFiles
{
    private const int StandardError = 2;
    private const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC of fcntl(2).
    private const int OpenFilesResource = 7; // RLIMIT_NOFILE on x64 and arm64.

    /// <summary>How many it may have open at a time; <see cref="long.MaxValue"/> where that is not known.</summary>
    internal static long Limit()
    {
        // struct rlimit: the limit that counts, then the one up to which it may be raised.
        var limits = stackalloc ulong[2];
        return Libc.GetLimit(OpenFilesResource, limits) == 0 ? (long)Math.Min(limits[0], long.MaxValue) : long.MaxValue;
    }

    /// <summary>Whether so many more can be opened now. Tried, for nothing else tells.</summary>
    internal static bool HaveRoom(int files)
    {
        var opened = stackalloc int[files];
        var count = 0;
        while (count < files && (opened[count] = Libc.Fcntl(StandardError, DuplicateCloseOnExec, 0)) >= 0)
            count++;
        var isRoom = count == files || Errno.Last is not (Errno.TooManyFiles or Errno.TooManyFilesSystem);
        for (var i = 0; i < count; i++)
            _ = Libc.Close(opened[i]);
        return isRoom;
    }

    /// <summary>For operators, with the system's words for it.</summary>
    internal static string Reached(string detail) => $"the agent's limit on open files ({Limit()}) is reached ({detail})";
}
