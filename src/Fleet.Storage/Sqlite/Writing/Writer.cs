using System.Threading.Channels;

namespace Fleet.Storage.Sqlite;

/// <summary>The one writer: a thread of its own that executes whatever waits in one transaction and commits once for all of it.</summary>
/// <remarks>
/// A commit costs a flush to disk however much it holds, so what arrives while one flush runs shares the next.
/// A thread rather than a loop on the pool, because SQLite blocks, and the pool has as many threads as the machine has cores.
/// </remarks>
internal sealed class Writer : IAsyncDisposable
{
    private readonly SqliteStoreOptions options;
    private readonly Connection connection;
    private readonly Channel<WriteOperation> queue;
    private readonly AutoResetEvent wake = new(false);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<WriteOperation> batch = [];
    private long operations;
    private long commits;

    public Writer(Connection connection, SqliteStoreOptions options)
    {
        this.connection = connection;
        this.options = options;
        // Full: callers wait for room, which slows the agents' streams down instead of using up memory.
        queue = Channel.CreateBounded<WriteOperation>(
            new BoundedChannelOptions(options.QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        new Thread(Run) { IsBackground = true, Name = "store writer" }.Start();
    }

    public StoreStatistics Statistics => new(Interlocked.Read(ref operations), Interlocked.Read(ref commits), queue.Reader.Count);

    /// <summary>Executes the body in its turn; completes once it is committed.</summary>
    public async Task<T> ExecuteAsync<T>(Func<Connection, T> body, CancellationToken cancellationToken, int bytes = 0)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var operation = new WriteOperation<T>(body, bytes);
        try
        {
            await queue.Writer.WriteAsync(operation, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new StoreException(StoreFault.Closed, $"the store {connection.Path} has been closed");
        }

        wake.Set();
        await using (cancellationToken.UnsafeRegister(static (it, token) => ((WriteOperation)it!).Cancel(token), operation))
            return await operation.Task;
    }

    /// <summary>Executes what waits, then ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        wake.Set();
        await ended.Task;
    }

    private void Run()
    {
        while (!queue.Reader.Completion.IsCompleted)
        {
            if (Collect())
                CommitBatch();
            else
                wake.WaitOne();
        }

        connection.Dispose();
        ended.SetResult();
    }

    private bool Collect()
    {
        batch.Clear();
        long bytes = 0;
        while (batch.Count < options.MaxOperationsPerCommit
            && queue.Reader.TryPeek(out var next)
            && (batch.Count == 0 || bytes + next.Bytes <= options.MaxBytesPerCommit)
            && queue.Reader.TryRead(out var operation))
        {
            bytes += operation.Bytes;
            if (operation.TryStart())
                batch.Add(operation);
        }

        return batch.Count > 0;
    }

    private void CommitBatch()
    {
        Interlocked.Add(ref operations, batch.Count);
        try
        {
            connection.Execute("BEGIN IMMEDIATE");
            foreach (var operation in batch)
                ExecuteAlone(operation);
            connection.Execute("COMMIT");
            Interlocked.Increment(ref commits);
        }
        catch (Exception e)
        {
            RollBack();
            foreach (var operation in batch)
                operation.Fail(e);
            return;
        }

        // Those that failed have been told already; this changes nothing for them.
        foreach (var operation in batch)
            operation.Complete();
    }

    private void ExecuteAlone(WriteOperation operation)
    {
        connection.Execute("SAVEPOINT operation");
        try
        {
            operation.Execute(connection);
        }
        catch (Exception e) when (connection.InTransaction)
        {
            // Fails without its neighbours. (If SQLite has given up the transaction, all of them fail, in CommitBatch.)
            connection.Execute("ROLLBACK TO operation");
            operation.Fail(e);
        }

        connection.Execute("RELEASE operation");
    }

    private void RollBack()
    {
        try
        {
            if (connection.InTransaction)
                connection.Execute("ROLLBACK");
        }
        catch (StoreException)
        {
            // The disk is failing; the callers are told the first reason.
        }
    }
}
