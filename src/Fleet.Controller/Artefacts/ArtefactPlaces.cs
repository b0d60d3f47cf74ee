namespace Fleet.Controller.Artefacts;

/// <summary>How many may be sent an artefact at once: a thousand hosts that are installed must not slow down the fleet that is there.</summary>
internal sealed class ArtefactPlaces : IDisposable
{
    private const int AtOnce = 32;
    private readonly SemaphoreSlim _free = new(AtOnce, AtOnce);

    /// <summary>Takes a place until the result is disposed; null where none is free.</summary>
    public IDisposable? TryTake() => _free.Wait(TimeSpan.Zero, CancellationToken.None) ? new Place(_free) : null;

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private sealed class Place(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
