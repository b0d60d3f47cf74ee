namespace Fleet.Controller.Dispatch;

/// <summary>Bounds of dispatch that no single job sets. Bounds and meaning are in <see cref="Hosting.ControllerSettings"/>.</summary>
public sealed record DispatchOptions
{
    /// <summary>How long a task that an agent has may stay without a word beyond its own timeouts before it is given up as interrupted.</summary>
    public TimeSpan LostTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a connected agent may take, beyond the kill grace, to answer that a task of which it has not yet said that it started is
    /// to end. There is nothing for it to wait for.
    /// </summary>
    public TimeSpan CancelTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long an agent that was connected may be disconnected (its connection broke, or the controller was restarted) before the delivery
    /// timeout of its pending tasks may strike; covers the agents' longest back-off.
    /// </summary>
    public TimeSpan ReconnectGracePeriod { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Tasks that one agent may have at once, running or waiting there; more stay pending.</summary>
    public int MaxTasksPerAgent { get; init; } = 64;

    /// <summary>Jobs that may be open at once; more are refused.</summary>
    public int MaxOpenJobs { get; init; } = 2_000;

    /// <summary>How soon a decision that could not be stored is tried again.</summary>
    public TimeSpan StoreRetry { get; init; } = TimeSpan.FromSeconds(1);
}
