namespace Fleet.Storage.LiteDb;

/// <summary>Lets a few readers in beside the writer, and keeps all of them out while the files are put in order.</summary>
#pragma warning disable CA1001 // Readers that come after the store was closed are to hear that, so the semaphore is left to the collector; it has no handle.
internal sealed class ReadGate(int readers)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim free = new(readers);

    /// <summary>Waits for a place among the readers.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => free.WaitAsync(cancellationToken);

    public void Leave() => free.Release();

    /// <summary>Shuts the gate if nobody is inside at this moment.</summary>
    public bool TryShut()
    {
        for (var i = 0; i < readers; i++)
        {
            if (free.Wait(0))
                continue;
            if (i > 0)
                free.Release(i);
            return false;
        }

        return true;
    }

    /// <summary>Shuts the gate once those inside have left; who comes meanwhile waits. For the writer's thread.</summary>
    public void Shut()
    {
        for (var i = 0; i < readers; i++)
            free.Wait();
    }

    /// <summary>As <see cref="Shut"/>, for callers that may wait.</summary>
    public async Task ShutAsync()
    {
        for (var i = 0; i < readers; i++)
            await free.WaitAsync();
    }

    public void Open() => free.Release(readers);
}
