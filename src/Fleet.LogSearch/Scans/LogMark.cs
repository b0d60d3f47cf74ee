namespace Fleet.LogSearch.Scans;

/// <summary>How far a log has been read: all that its follower needs to go on from there after a restart.</summary>
public abstract record LogMark
{
    /// <summary>The mark as text, which the log's follower reads back.</summary>
    public abstract string Write();
}
