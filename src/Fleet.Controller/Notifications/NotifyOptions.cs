namespace Fleet.Controller.Notifications;

/// <summary>How hard is tried to get messages of alerts out.</summary>
public sealed class NotifyOptions
{
    /// <summary>How long one attempt may take. The default is 15 s.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Before the second attempt; doubled before each further one. The default is 5 s.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>At most so long between two attempts. The default is 15 minutes.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A message that did not get through for so long after its first attempt is given up. The default is 1 day.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>So many messages a webhook may get at once. The default is 8.</summary>
    public int MaxConcurrent { get; set; } = 8;

    /// <summary>
    /// From so many waiting messages of one scan, pattern and state on they are sent to a channel as one, and from two where the channel limits its
    /// rate; null: each by itself. The default is 10.
    /// </summary>
    public int? FoldFrom { get; set; } = 10;

    /// <summary>How long to wait after so many attempts.</summary>
    public TimeSpan PauseAfter(int attempts) =>
        TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks * (1L << Math.Clamp(attempts - 1, 0, 20))));
}
