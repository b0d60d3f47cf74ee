namespace Fleet.Controller.Admission;

/// <summary>The right to compute a step of a handshake. Given back once, however often it is disposed.</summary>
internal sealed class HandshakeSlot(HandshakeGate gate, HandshakeSource source, bool isKnown) : IDisposable
{
    private HandshakeGate? _gate = gate;

    /// <summary>Whose it is.</summary>
    internal HandshakeSource Source => source;

    /// <summary>Whether it was given to a known source.</summary>
    internal bool IsKnown => isKnown;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Return(this);
}
