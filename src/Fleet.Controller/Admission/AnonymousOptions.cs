namespace Fleet.Controller.Admission;

/// <summary>What those may have who show no certificate of this fleet: hosts that enroll, operators who log in, and strangers.</summary>
internal sealed class AnonymousOptions
{
    /// <summary>Their connections, in percent of all that there may be. The default is 10.</summary>
    public int MaxConnectionsPercent { get; set; } = 10;

    /// <summary>How long such a connection may be without a call. The default is 10 s.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Their downloads of artifacts at once. The default is 16.</summary>
    public int MaxDownloads { get; set; } = 16;

    /// <summary>Of these, from one source. The default is 4.</summary>
    public int MaxDownloadsPerSource { get; set; } = 4;
}
