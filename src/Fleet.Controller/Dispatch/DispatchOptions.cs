namespace Fleet.Controller.Dispatch;

/// <summary>Bounds of dispatch that no single job sets.</summary>
public sealed class DispatchOptions
{
    /// <summary>
    /// How long a task that an agent has may stay without a word beyond its own timeouts before it is given up as interrupted.
    /// The default is 2 minutes.
    /// </summary>
    public TimeSpan LostAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a connected agent may take, beyond the kill grace, to answer that a task of which it has not yet said that it started is
    /// to end. There is nothing for it to wait for. The default is 15 s.
    /// </summary>
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long an agent that was linked may blink (its link broke, or the controller was restarted) before the delivery timeout of
    /// its pending tasks may strike; covers the agents' longest back-off. The default is 90 s.
    /// </summary>
    public TimeSpan ReconnectGrace { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>Tasks that one agent may have at once, running or waiting there; more stay pending. The default is 64.</summary>
    public int MaxTasksPerAgent { get; set; } = 64;

    /// <summary>Jobs that may be open at once; more are refused. The default is 2,000.</summary>
    public int MaxOpenJobs { get; set; } = 2_000;

    /// <summary>How soon a decision that could not be stored is tried again. The default is 1 s.</summary>
    public TimeSpan StoreRetry { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Names every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (LostAfter < TimeSpan.FromSeconds(1) || LostAfter > TimeSpan.FromDays(1))
            yield return $"dispatch: LostAfter is {LostAfter}; it must lie between 1 s and 1 day";
        if (AnswerWithin < TimeSpan.FromSeconds(1) || AnswerWithin > TimeSpan.FromDays(1))
            yield return $"dispatch: AnswerWithin is {AnswerWithin}; it must lie between 1 s and 1 day";
        if (ReconnectGrace < TimeSpan.Zero || ReconnectGrace > TimeSpan.FromHours(1))
            yield return $"dispatch: ReconnectGrace is {ReconnectGrace}; it must lie between 0 and 1 hour";
        if (MaxTasksPerAgent is < 1 or > 4096)
            yield return $"dispatch: MaxTasksPerAgent is {MaxTasksPerAgent}; it must lie between 1 and 4096";
        if (MaxOpenJobs is < 1 or > 100_000)
            yield return $"dispatch: MaxOpenJobs is {MaxOpenJobs}; it must lie between 1 and 100,000";
        if (StoreRetry < TimeSpan.FromMilliseconds(10) || StoreRetry > TimeSpan.FromMinutes(1))
            yield return $"dispatch: StoreRetry is {StoreRetry}; it must lie between 10 ms and 1 minute";
    }
}
