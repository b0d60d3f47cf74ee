namespace Fleet.Controller.Hits;

/// <summary>Lets two searches read the store at once.</summary>
/// <remarks>A search may walk through millions of hits. The store has four readers, and judging and dispatch must find one free.</remarks>
internal sealed class HitReadLimiter : IDisposable
{
    private readonly SemaphoreSlim _free = new(2);

    /// <summary>Reads when it is its turn.</summary>
    public async Task<T> ReadAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return await read();
        }
        finally
        {
            _free.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();
}
