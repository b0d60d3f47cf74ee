namespace Fleet.Agent.Searching;

/// <summary>Times of log lines on the wire.</summary>
internal static class LogTime
{
    /// <summary>Unix time in microseconds; 0 where it is not known.</summary>
    public static long ToMicroseconds(DateTimeOffset? time) =>
        time is { } known ? (known.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond : 0;
}
