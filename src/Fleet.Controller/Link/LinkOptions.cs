namespace Fleet.Controller.Link;

/// <summary>All time limits and bounds of agent links, each saying what waits for what.</summary>
public sealed class LinkOptions
{
    /// <summary>A link whose agent has not been heard for this long is cut; each side beats at a third of it. The default is 15 s.</summary>
    public TimeSpan SilenceLimit { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a new stream may take to say hello. The default is 10 s.</summary>
    public TimeSpan HelloTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a link that ends on purpose may take to get its goodbye out. The default is 2 s.</summary>
    public TimeSpan GoodbyeDrain { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one message may wait for an agent that does not read before the link is cut. The default is 30 s.</summary>
    public TimeSpan WriteStallLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>When a process that was replaced by another of the same identity may come back. The default is 1 minute.</summary>
    public TimeSpan ReplacedRetryAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The same for a process of which it is proved that another with its identity lives beside it. The default is 10 minutes.</summary>
    public TimeSpan CloneRetryAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// When agents may come back after a planned stop of the controller; they jitter above it. The default is 500 ms: a restart
    /// takes 400 ms where nothing else goes on (2 cores).
    /// </summary>
    public TimeSpan ShutdownRetryAfter { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>New links that the controller can take a second; agents spread their return accordingly. The default is 500.</summary>
    public int NewLinksPerSecond { get; set; } = 500;

    /// <summary>Messages that may wait for one agent; more means that it does not read, and its link is cut. The default is 1,024.</summary>
    public int OutboxLength { get; set; } = 1_024;

    /// <summary>Bytes of one agent's records that may wait to be stored before its stream is not read on. The default is 1 MiB.</summary>
    public int IngestShareBytes { get; set; } = 1 << 20;

    /// <summary>The same for all agents together. The default is 64 MiB.</summary>
    public int IngestTotalBytes { get; set; } = 64 << 20;

    /// <summary>Within which time so many agents may all come back without being turned away.</summary>
    public TimeSpan ReconnectWindow(int agents) => TimeSpan.FromSeconds((double)agents / NewLinksPerSecond);

    /// <summary>Names every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (SilenceLimit < TimeSpan.FromSeconds(1) || SilenceLimit > TimeSpan.FromMinutes(10))
            yield return $"link: SilenceLimit is {SilenceLimit}; it must lie between 1 s and 10 minutes";
        if (HelloTimeout < TimeSpan.FromSeconds(1) || HelloTimeout > TimeSpan.FromMinutes(5))
            yield return $"link: HelloTimeout is {HelloTimeout}; it must lie between 1 s and 5 minutes";
        if (GoodbyeDrain < TimeSpan.Zero || GoodbyeDrain > TimeSpan.FromMinutes(1))
            yield return $"link: GoodbyeDrain is {GoodbyeDrain}; it must lie between 0 and 1 minute";
        if (WriteStallLimit < TimeSpan.FromSeconds(1) || WriteStallLimit > TimeSpan.FromMinutes(10))
            yield return $"link: WriteStallLimit is {WriteStallLimit}; it must lie between 1 s and 10 minutes";
        if (ReplacedRetryAfter < TimeSpan.Zero || CloneRetryAfter < ReplacedRetryAfter)
            yield return "link: CloneRetryAfter must not be shorter than ReplacedRetryAfter, and neither negative";
        if (ShutdownRetryAfter < TimeSpan.Zero)
            yield return $"link: ShutdownRetryAfter is {ShutdownRetryAfter}; it must not be negative";
        if (NewLinksPerSecond < 1)
            yield return $"link: NewLinksPerSecond is {NewLinksPerSecond}; it must be at least 1";
        if (OutboxLength is < 16 or > 1_000_000)
            yield return $"link: OutboxLength is {OutboxLength}; it must lie between 16 and 1,000,000";
        if (IngestShareBytes < 64 * 1024)
            yield return $"link: IngestShareBytes is {IngestShareBytes}; it must be at least 64 KiB, one chunk of output";
        if (IngestTotalBytes < IngestShareBytes)
            yield return "link: IngestTotalBytes must not be smaller than IngestShareBytes";
    }
}
