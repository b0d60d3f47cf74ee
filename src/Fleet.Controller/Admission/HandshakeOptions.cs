namespace Fleet.Controller.Admission;

/// <summary>
/// How many newcomers are dealt with at a time. A TLS handshake costs a millisecond or two of processor time: without a bound, a fleet that
/// comes back all at once starves the work on the connections that are there. Bounds and meaning are in <see cref="Hosting.ControllerSettings"/>.
/// </summary>
internal sealed record HandshakeOptions
{
    /// <summary>Handshakes that are computed at once; who waits for its peer's bytes is not counted.</summary>
    public int MaxConcurrent { get; init; } = 32;

    /// <summary>Connections that may be before or in their handshake besides those; beyond, one of the source that has most of them is closed.</summary>
    public int MaxPending { get; init; } = 1024;

    /// <summary>Handshakes a second, over a second's average; the others wait.</summary>
    public int MaxPerSecond { get; init; } = 500;

    /// <summary>The same for one source that no agent or operator is known to connect from.</summary>
    public int MaxPerSecondPerSource { get; init; } = 100;

    /// <summary>How long a connection may take to send its ClientHello.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the handshake may take from then on, waiting included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Within which time so many agents may all come back without being turned away.</summary>
    public TimeSpan ReconnectWindow(int agents) => TimeSpan.FromSeconds((double)agents / MaxPerSecond);
}
