namespace Fleet.Controller.Hosting;

/// <summary>The right to a handshake. Given back once, however often it is disposed.</summary>
internal sealed class HandshakeSlot(SemaphoreSlim slots) : IDisposable
{
    private SemaphoreSlim? _slots = slots;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _slots, null)?.Release();
}
