namespace Fleet.Storage.LiteDb;

/// <summary>Reads beside the writer, on the thread pool, a few at a time.</summary>
/// <remarks>
/// LiteDB shows each collection as it was when the transaction first looked at it. A reader that needs several collections of one moment names
/// them: it looks at all of them in one turn, in which nothing is committed.
/// </remarks>
internal sealed class LiteDbReaders(StoreFile file, ReadGate gate, LiteDbWriter writer) : IAsyncDisposable
{
    // Once because the engine had given up, once because it did so again.
    private const int Attempts = 3;
    private volatile bool closed;

    /// <summary>Runs the body in a transaction of its own.</summary>
    public Task<T> ReadAsync<T>(Func<Database, T> body, CancellationToken cancellationToken) => ReadAsync(body, [], cancellationToken);

    /// <summary>Runs the body in a transaction of its own, which sees the collections as they are at one moment.</summary>
    public async Task<T> ReadAsync<T>(Func<Database, T> body, string[] ofOneMoment, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await gate.EnterAsync(cancellationToken);
            try
            {
                if (closed)
                    throw new StoreException(StoreFault.Closed, $"the store {file.Path} has been closed");
                if (!file.IsBroken)
                    return await Task.Run(() => Read(body, ofOneMoment), cancellationToken);
            }
            catch (StoreException) when (file.IsBroken && !closed && attempt < Attempts)
            {
                // Another reader or the writer found damage, and LiteDB closed itself for all: this one may be at no fault.
            }
            finally
            {
                gate.Leave();
            }

            await writer.RepairAsync(cancellationToken);
        }
    }

    /// <summary>Waits for the readers at work; those that come later are told that the store is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        closed = true;
        await gate.ShutAsync();
        gate.Open();
    }

    private T Read<T>(Func<Database, T> body, string[] ofOneMoment)
    {
        var database = file.Use();
        try
        {
            database.Begin(ofOneMoment);
            var result = body(database);
            database.RollBack();
            // Whatever could not be written is seen by nobody: it was visible for a moment.
            return file.IsBroken
                ? throw new StoreException(StoreFault.Io, $"writing the store {file.Path} failed, and it is being reopened: try again")
                : result;
        }
        catch (Exception e)
        {
            TryRollBack(database);
            if (e is OperationCanceledException)
                throw;
            throw file.Fault(e);
        }
    }

    private static void TryRollBack(Database database)
    {
        try
        {
            database.RollBack();
        }
        catch (Exception)
        {
            // LiteDB has closed itself: the first reason is told.
        }
    }
}
