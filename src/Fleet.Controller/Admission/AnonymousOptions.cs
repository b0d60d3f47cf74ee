namespace Fleet.Controller.Admission;

/// <summary>
/// What those may have who show no certificate of this fleet: hosts that enroll, operators who log in, and strangers. Bounds and meaning are in
/// <see cref="Hosting.ControllerSettings"/>.
/// </summary>
internal sealed record AnonymousOptions
{
    /// <summary>Their connections, in percent of all that there may be.</summary>
    public int MaxConnectionsPercent { get; init; } = 10;

    /// <summary>How long such a connection may be without a call.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Their downloads of artifacts at once.</summary>
    public int MaxDownloads { get; init; } = 16;

    /// <summary>Of these, from one source.</summary>
    public int MaxDownloadsPerSource { get; init; } = 4;
}
