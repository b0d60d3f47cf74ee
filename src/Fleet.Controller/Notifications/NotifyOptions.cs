namespace Fleet.Controller.Notifications;

/// <summary>How messages of alerts are sent. Bounds and meaning are in <see cref="Hosting.ControllerSettings"/>.</summary>
public sealed record NotifyOptions
{
    /// <summary>How long one attempt may take.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Before the second attempt; doubled before each further one.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>At most so long between two attempts.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>A message that did not get through for so long after its first attempt is given up.</summary>
    public TimeSpan RetryTimeout { get; init; } = TimeSpan.FromDays(1);

    /// <summary>So many messages a webhook may get at once.</summary>
    public int MaxConcurrent { get; init; } = 8;

    /// <summary>
    /// From so many waiting messages of one scan, pattern and state on they are sent to a channel as one, and from two where the channel limits its
    /// rate; null: each by itself.
    /// </summary>
    public int? GroupThreshold { get; init; } = 10;

    /// <summary>How long to wait after so many attempts.</summary>
    public TimeSpan BackoffAfter(int attempts) =>
        TimeSpan.FromTicks(Math.Min(MaxBackoff.Ticks, InitialBackoff.Ticks * (1L << Math.Clamp(attempts - 1, 0, 20))));
}
