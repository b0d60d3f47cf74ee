namespace Fleet.Controller.Admission;

/// <summary>
/// How many newcomers are dealt with at a time. A TLS handshake costs a millisecond or two of processor time: without a
/// bound, a fleet that comes back all at once starves the work on the connections that are there.
/// </summary>
internal sealed class HandshakeOptions
{
    /// <summary>Handshakes that are computed at once; who waits for its peer's bytes is not counted. The default is 32.</summary>
    public int AtOnce { get; set; } = 32;

    /// <summary>
    /// Connections that may be before or in their handshake besides those; beyond, one of the source that has most of them is closed.
    /// The default is 1,024.
    /// </summary>
    public int Waiting { get; set; } = 1024;

    /// <summary>Handshakes a second, over a second's average; the others wait. The default is 500.</summary>
    public int PerSecond { get; set; } = 500;

    /// <summary>The same for one source that no agent or operator is known to connect from. The default is 100.</summary>
    public int PerSecondPerSource { get; set; } = 100;

    /// <summary>How long a connection may take to send its ClientHello. The default is 2 s.</summary>
    public TimeSpan HelloTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the handshake may take from then on, waiting included. The default is 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
