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

    /// <summary>Tells which files are open for writing.</summary>
    internal FileWriters Writers { get; } = new();

    /// <summary>A test's own answer in place of that.</summary>
    internal Func<FileStatus, WriterState>? WritersOf { get; set; }

    /// <summary>A test's own faults: why the status of a path cannot be had; empty: it can.</summary>
    internal Func<string, string>? Failing { get; set; }

    /// <summary>A test's own refusal to open a path; null: it is opened.</summary>
    internal Func<string, Exception?>? Denying { get; set; }

    internal FileStatus? StatusOf(string path) => StatusOf(path, out _);

    internal FileStatus? StatusOf(string path, out string fault)
    {
        Moment?.Invoke();
        fault = Failing?.Invoke(path) ?? "";
        if (fault.Length > 0)
        {
            return null;
        }

        FileStatus? status = FileStatus.Of(path, out fault);
        return status is { } found && Dating is { } dating ? dating(found) : status;
    }
}
