namespace Fleet.Agent.Scanning.Findings;

/// <summary>How many hits of a scan may still be reported one by one in this minute, by the monotonic clock.</summary>
internal sealed class HitRate(long perMinute, TimeProvider time)
{
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);
    private long _began = time.GetTimestamp();

    /// <summary>How many there were; put back when they did not count after all.</summary>
    public long Taken { get; set; }

    /// <summary>Whether more than the minute's hits were there, of late.</summary>
    public bool IsExceeded => Taken >= perMinute;

    /// <summary>Takes one; false where it is to be counted by template.</summary>
    public bool TryTake()
    {
        if (time.GetElapsedTime(_began) >= s_window)
            (_began, Taken) = (time.GetTimestamp(), 0);
        if (Taken >= perMinute)
            return false;
        Taken++;
        return true;
    }
}
