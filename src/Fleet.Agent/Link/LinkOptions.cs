namespace Fleet.Agent.Link;

/// <summary>Every time limit and bound of the link.</summary>
internal sealed record LinkOptions
{
    /// <summary>How long the controller may take from the beginning of a connection to its welcome. The default is 20 s.</summary>
    public TimeSpan WelcomeLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The silence limit that a controller names is moved into these bounds. The least is 1 s by default.</summary>
    public TimeSpan LeastSilence { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>See <see cref="LeastSilence"/>. The most is 10 min by default.</summary>
    public TimeSpan MostSilence { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The upper end of the first reconnect's random delay; it doubles from try to try. The default is 1 s.</summary>
    public TimeSpan BackOffBase { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where that doubling stops. The default is 60 s.</summary>
    public TimeSpan BackOffCap { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long, in waits added up, an agent tries without doubling where nobody listens at the controller's address: such a try
    /// costs next to nothing, and a controller that is started again is there within seconds. The default is 15 s.
    /// </summary>
    public TimeSpan SteadyFor { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A link that lasted so long resets the doubling: one that breaks at once does not. The default is 10 s.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between tries where the controller has said that it does not want this agent. The default is 10 min.</summary>
    public TimeSpan SlowRetry { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Between tries where it does not want this agent at present, but may by itself: it has another store, or its clock is wrong. The default
    /// is 1 min, and up to a half more by chance.
    /// </summary>
    public TimeSpan PassingRetry { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest wait that a controller can ask for. The default is 1 h.</summary>
    public TimeSpan MostRetryAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>After a change of the host's network, about how long until the next try. The default is 2 s.</summary>
    public TimeSpan NetworkSettles { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often facts and certificate are looked at. The default is 10 min.</summary>
    public TimeSpan UpkeepInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the parts of an ended link may take to stop. The default is 5 s.</summary>
    public TimeSpan TeardownLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of records sent and not yet acknowledged. The default is 1 MiB.</summary>
    public int WindowBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of records in one message; one record more may make it longer. The default is 32 KiB.</summary>
    public int BatchBytes { get; init; } = 32 * 1024;

    /// <summary>Messages other than records that wait for the writer; the reader waits when they are too many. The default is 64.</summary>
    public int QueuedMessages { get; init; } = 64;
}
