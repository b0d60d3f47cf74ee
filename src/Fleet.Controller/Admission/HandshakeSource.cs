namespace Fleet.Controller.Admission;

/// <summary>What a source has at the <see cref="HandshakeGate"/>: who waits, how many turns it has, and its rate. The gate's lock owns it.</summary>
internal sealed class HandshakeSource
{
    public HandshakeSource() => Node = new LinkedListNode<HandshakeSource>(this);

    /// <summary>Its place in the round of sources where somebody waits.</summary>
    public LinkedListNode<HandshakeSource> Node { get; }

    /// <summary>Who waits to begin, the first first.</summary>
    public LinkedList<HandshakeWaiter> Waiting { get; } = [];

    /// <summary>Turns that it has.</summary>
    public int Turns { get; set; }

    /// <summary>Handshakes that it may begin now.</summary>
    public TokenBucket Rate { get; } = new();
}
