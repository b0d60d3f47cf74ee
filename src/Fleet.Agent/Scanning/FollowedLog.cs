using Fleet.LogSearch.Scans;

namespace Fleet.Agent.Scanning;

/// <summary>One log that a scan follows: a live file with its rotations, a journal, or the kernel's ring buffer.</summary>
/// <remarks>The worker's thread alone.</remarks>
internal sealed class FollowedLog(ScanRun run, string key, LogFollower follower) : IDisposable
{
    /// <summary>The scan.</summary>
    public ScanRun Run { get; } = run;

    /// <summary>Names the scan and the log among all marks.</summary>
    public string Key { get; } = key;

    /// <summary>Reads it.</summary>
    public LogFollower Follower { get; } = follower;

    /// <summary>Files whose content is watched.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Directories whose names are watched.</summary>
    public IReadOnlyList<string> Directories { get; set; } = [];

    /// <summary>Of a journal: where its files are. What is written to any of them matters then, and directories may be added.</summary>
    public IReadOnlyList<string>? Journal { get; init; }

    /// <summary>Between two looks of a continuous scan where nothing tells it to look.</summary>
    public TimeSpan Sweep { get; init; }

    /// <summary>When all of it that there already was is to be read as new; null: by the scan's first-run policy.</summary>
    public LogMark? FirstMark { get; init; }

    /// <summary>How far it was read; null before its first step.</summary>
    public LogMark? Mark { get; set; }

    /// <summary>When it was kept last up to when it was looked at, where nothing was written; a time stamp.</summary>
    public long LookKeptAt { get; set; }

    /// <summary>Whether it is to be read now.</summary>
    public bool IsDirty { get; set; } = true;

    /// <summary>Not to be read before this time stamp.</summary>
    public long NotBefore { get; set; }

    /// <summary>To be looked at by then in any case.</summary>
    public long SweepAt { get; set; } = long.MaxValue;

    /// <summary>Whether names have changed since it was watched.</summary>
    public bool NeedsWatch { get; set; } = true;

    /// <summary>Why it cannot be read; empty when it can.</summary>
    public string Fault { get; set; } = "";

    /// <summary>What is known to be unread.</summary>
    public long LagBytes { get; set; }

    public void Dispose() => Follower.Dispose();
}
