namespace Fleet.Controller.Hosting;

/// <summary>
/// How many newcomers are dealt with at a time. A TLS handshake costs a millisecond or two of processor time: without a
/// bound, a fleet that comes back all at once starves the work on the connections that are there.
/// </summary>
internal sealed class HandshakeOptions
{
    /// <summary>Handshakes in progress at once. The default is 32.</summary>
    public int AtOnce { get; set; } = 32;

    /// <summary>Connections that may wait for their handshake; beyond, they are closed at once. The default is 1,024.</summary>
    public int Waiting { get; set; } = 1024;

    /// <summary>Handshakes a second, over a second's average; beyond, connections are closed at once. The default is 500.</summary>
    public int PerSecond { get; set; } = 500;

    /// <summary>How long waiting may take, and then the handshake itself. The default is 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
