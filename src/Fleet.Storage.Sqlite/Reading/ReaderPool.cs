using System.Collections.Concurrent;

namespace Fleet.Storage.Sqlite;

/// <summary>A few connections that read beside the writer, each seeing one consistent state at a time.</summary>
internal sealed class ReaderPool(SqliteStoreOptions options) : IAsyncDisposable
{
    private readonly SemaphoreSlim free = new(options.Readers);
    private readonly ConcurrentBag<Connection> idle = [];
    private volatile bool closed;

    /// <summary>Runs the body on a connection of its own, on the thread pool.</summary>
    public async Task<T> ReadAsync<T>(Func<Connection, T> body, CancellationToken cancellationToken)
    {
        await free.WaitAsync(cancellationToken);
        try
        {
            return closed
                ? throw new StoreException(StoreFault.Closed, $"the store {options.Path} has been closed")
                : await Task.Run(() => Read(body), cancellationToken);
        }
        finally
        {
            free.Release();
        }
    }

    /// <summary>Waits for the readers at work, then closes all.</summary>
    public async ValueTask DisposeAsync()
    {
        closed = true;
        for (var i = 0; i < options.Readers; i++)
            await free.WaitAsync();
        while (idle.TryTake(out var connection))
            connection.Dispose();
        free.Release(options.Readers); // whoever still waits is told that the store is closed
    }

    private T Read<T>(Func<Connection, T> body)
    {
        if (!idle.TryTake(out var connection))
            connection = Connection.Open(options, writable: false);
        try
        {
            connection.Execute("BEGIN");
            var result = body(connection);
            connection.Execute("COMMIT");
            idle.Add(connection);
            return result;
        }
        catch
        {
            // Whatever state it is in, a fresh one is better.
            connection.Dispose();
            throw;
        }
    }
}
