using Fleet.LogSearch.Scans;

namespace Fleet.Agent.Tailing;

/// <summary>One log that a tail follows: a live file with its rotations, a journal, or the kernel's ring buffer.</summary>
/// <remarks>The tail's thread alone.</remarks>
internal sealed class TailLog(string source, LogFollower follower) : IDisposable
{
    /// <summary>Its name in what is shown.</summary>
    public string Source { get; } = source;

    /// <summary>Reads it.</summary>
    public LogFollower Follower { get; } = follower;

    /// <summary>Where something happens when it is written to or rotated: files, and directories.</summary>
    public IReadOnlyList<string> Watched { get; init; } = [];

    /// <summary>How far it was read; null before it could be.</summary>
    public LogMark? Mark { get; set; }

    /// <summary>Collects lines from before now; null once they are handed on.</summary>
    public TailHistory? History { get; set; }

    /// <summary>How the last step left it.</summary>
    public FollowState State { get; set; } = FollowState.More;

    /// <summary>Why it cannot be read; empty when it can.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>When that began.</summary>
    public long FaultSince { get; private set; }

    /// <summary>What was last said of it.</summary>
    public string ToldFault { get; set; } = "";

    /// <summary>Whether there is nothing of it to be read, neither now nor from before.</summary>
    public bool IsHopeless => Fault.Length > 0 && Mark is null or FileMark { Positions.Count: 0 } or JournalMark { Positions.Count: 0 };

    /// <summary>Notes whether it can be read.</summary>
    public void SetFault(string fault, long now)
    {
        if (fault != Fault)
            (Fault, FaultSince) = (fault, now);
    }

    public void Dispose() => Follower.Dispose();
}
