using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Scans;

/// <summary>Receives what a follower finds; called on the reading thread.</summary>
public interface IScanSink
{
    /// <summary>Takes a hit. The same identity may come again after a crash; the store drops it then.</summary>
    /// <param name="id">Identifies the line within its log.</param>
    /// <param name="line">The line, valid during the call.</param>
    /// <param name="unit">The systemd unit or program it comes from; empty when not known.</param>
    void Hit(HitId id, in FoundLine line, string unit);

    /// <summary>Takes a gap.</summary>
    void Gap(ScanGap gap);
}
