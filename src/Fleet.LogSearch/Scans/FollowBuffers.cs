using Fleet.LogSearch.Files;

namespace Fleet.LogSearch.Scans;

/// <summary>Buffers that all followers of one thread share: an idle log then costs none.</summary>
public sealed class FollowBuffers
{
    internal const int WindowBytes = 64 * 1024;
    internal const int BackwardsBytes = 16 * 1024;

    internal byte[] Window { get; } = new byte[WindowBytes];

    internal byte[] Backwards { get; } = new byte[BackwardsBytes];

    /// <summary>Called before each look at the file system: a test has rotations go on there, between any two of them.</summary>
    internal Action? Moment { get; set; }

    /// <summary>Puts a test's own dates into a status.</summary>
    internal Func<FileStatus, FileStatus>? Dating { get; set; }

    internal FileStatus? StatusOf(string path)
    {
        Moment?.Invoke();
        FileStatus? status = FileStatus.Of(path);
        return status is { } found && Dating is { } dating ? dating(found) : status;
    }
}
