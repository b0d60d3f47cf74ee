using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Journal;

/// <summary>Why the journal cannot be written.</summary>
/// <param name="Kind">A word that stays the same between versions: <c>disk-full</c>, <c>open-files</c> or <c>journal</c>.</param>
/// <param name="Message">For operators: "the disk of the host is full (No space left on device)".</param>
internal sealed record JournalFault(string Kind, string Message)
{
    /// <summary>The kind of a full disk or quota.</summary>
    public const string DiskFull = "disk-full";

    private const int NoSpace = 28; // ENOSPC of errno(3).
    private const int QuotaExceeded = 122; // EDQUOT.

    /// <summary>Whether an exception is one that a write to the journal may end with.</summary>
    public static bool Is(Exception e) => e is IOException or UnauthorizedAccessException;

    /// <summary>What such an exception means.</summary>
    /// <remarks>Of an <see cref="IOException"/> the runtime puts the system's error number into its HResult.</remarks>
    public static JournalFault Of(Exception e) => e.HResult switch
    {
        NoSpace => new(DiskFull, "the disk of the host is full (No space left on device)"),
        QuotaExceeded => new(DiskFull, "the disk quota of the agent is used up (Disk quota exceeded)"),
        Errno.TooManyFiles => new("open-files", OpenFiles.Reached("Too many open files")),
        Errno.TooManyFilesSystem => new("open-files", "the host's limit on open files is reached (Too many open files in system)"),
        _ => new("journal", $"the agent's journal cannot be written: {e.Message}"),
    };
}
