namespace Fleet.Agent.Link;

/// <summary>Numbers a link's heartbeats, and measures how long the answers to them take.</summary>
/// <remarks>The link's writer begins, its reader ends.</remarks>
internal sealed class RoundTrip(TimeProvider time)
{
    private ulong _last;
    private long _beganAt;
    private long _microseconds;

    /// <summary>The latest one that was measured; 0 where there is none yet.</summary>
    public ulong Microseconds => (ulong)Volatile.Read(ref _microseconds);

    /// <summary>A heartbeat goes out now; gives its number.</summary>
    public ulong Begin()
    {
        // In this order: an answer to the number before must not find the new time.
        var number = Interlocked.Increment(ref _last);
        Volatile.Write(ref _beganAt, time.GetTimestamp());
        return number;
    }

    /// <summary>The controller says the last number that it heard, also where it speaks first: only the answer to the latest one tells the time.</summary>
    public void Answered(ulong number)
    {
        if (number != Interlocked.Read(ref _last))
            return;
        var beganAt = Interlocked.Exchange(ref _beganAt, 0);
        if (beganAt != 0)
            Volatile.Write(ref _microseconds, Math.Max(1, (long)time.GetElapsedTime(beganAt).TotalMicroseconds));
    }
}
