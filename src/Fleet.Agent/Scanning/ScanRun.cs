using Fleet.Agent.Scanning.Findings;
using Fleet.Agent.Scanning.Orders;
using Fleet.LogSearch.Scans;

namespace Fleet.Agent.Scanning;

/// <summary>A scan at work: its logs, when it is due, and its figures.</summary>
/// <remarks>The worker's thread alone.</remarks>
internal sealed class ScanRun(CheckedScan scan, FileClaims claims, TimeProvider time)
{
    /// <summary>What was ordered.</summary>
    public CheckedScan Scan { get; } = scan;

    /// <summary>Its sources.</summary>
    public List<SourceRun> Sources { get; } = [];

    /// <summary>Which of its logs each file belongs to.</summary>
    public FileClaims Claims { get; } = claims;

    /// <summary>What it may report one by one.</summary>
    public HitRate Rate { get; } = new(scan.HitsPerMinute, time);

    /// <summary>The time stamp at which it runs next; of a continuous scan, at which new files are looked for.</summary>
    public long DueAt { get; set; }

    /// <summary>Whether a run is under way.</summary>
    public bool IsRunning { get; set; }

    /// <summary>Whether files came or went where its sources are.</summary>
    public bool HasNewNames { get; set; }

    /// <summary>When its sources were looked up last.</summary>
    public long ExpandedAt { get; set; }

    public long LastRunMs { get; set; }

    public ulong Runs { get; set; }

    public ulong Hits { get; set; }

    public ulong ReadBytes { get; set; }

    public TimeSpan Cpu { get; set; }

    /// <summary>All its logs.</summary>
    public IEnumerable<FollowedLog> Logs => Sources.SelectMany(source => source.Logs);

    /// <summary>The files that its sources found renamed belong to nobody else.</summary>
    public void NoteRenamed() => Claims.SetRenamed([.. Sources.SelectMany(source => source.Renamed)]);
}
