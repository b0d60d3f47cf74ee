namespace Fleet.Controller.Link;

/// <summary>
/// All time limits and bounds of agents' connections, each saying what waits for what. Bounds and meaning of those that can be set are in
/// <see cref="Hosting.ControllerSettings"/>.
/// </summary>
public sealed record LinkOptions
{
    /// <summary>A connection whose agent has not been heard for this long is closed; each side sends heartbeats at a third of it.</summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a new stream may take to say hello.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection that ends on purpose may take to get its goodbye out.</summary>
    public TimeSpan GoodbyeDrain { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one message may wait for an agent that does not read before the connection is closed.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When a process that was replaced by another of the same identity may come back.</summary>
    public TimeSpan ReplacedRetryAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The same for a process of which it is proved that another with its identity lives beside it.</summary>
    public TimeSpan CloneRetryAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// When agents may come back after a planned stop of the controller; they jitter above it. A restart takes 400 ms where nothing else goes on
    /// (2 cores).
    /// </summary>
    public TimeSpan ShutdownRetryAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Messages that may wait for one agent; more means that it does not read, and its connection is closed.</summary>
    public int MaxOutboxMessages { get; init; } = 1_024;

    /// <summary>Bytes of one agent's records that may wait to be stored before its stream is not read on; more than one chunk of output.</summary>
    public int MaxPendingBytesPerAgent { get; init; } = 1 << 20;

    /// <summary>The same for all agents together; not less than for one.</summary>
    public int MaxPendingBytes { get; init; } = 64 << 20;
}
