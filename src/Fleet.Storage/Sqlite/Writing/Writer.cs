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
    private readonly TimeProvider time;
    private readonly CheckpointPlan checkpoints;
    private long operations;
    private long commits;

    public Writer(Connection connection, SqliteStoreOptions options, TimeProvider time)
    {
        this.connection = connection;
        this.options = options;
        this.time = time;
        checkpoints = new CheckpointPlan(options.CheckpointWhenQuietFor, options.CheckpointAtLatest);
        // Full: callers wait for room, which slows the agents' streams down instead of using up memory.
        queue = Channel.CreateBounded<WriteOperation>(
            new BoundedChannelOptions(options.QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        new Thread(Run) { IsBackground = true, Name = "store writer" }.Start();
    }

    public StoreStatistics Statistics => new(Interlocked.Read(ref operations), Interlocked.Read(ref commits), queue.Reader.Count);

    /// <summary>Executes the body in its turn; completes once it is committed.</summary>
    public Task<T> ExecuteAsync<T>(Func<Connection, T> body, CancellationToken cancellationToken, int bytes = 0) =>
        ExecuteAsync(new CodeOperation<T>(body, bytes), cancellationToken);

    /// <summary>Executes the operation in its turn; completes once it is committed.</summary>
    public async Task<T> ExecuteAsync<T>(WriteOperation<T> operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
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
                wake.WaitOne(checkpoints.Wait(Now()));
            if (checkpoints.IsDue(Now()))
                checkpoints.Done(connection.TryCheckpoint(), Now());
        }

        connection.Dispose();
        ended.SetResult();
    }

    private TimeSpan Now() => time.GetElapsedTime(0);

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
            for (var next = 0; next < batch.Count;)
                next = ExecuteRun(next);
            connection.Execute("COMMIT");
            Interlocked.Increment(ref commits);
            checkpoints.Committed(Now());
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

    // Executes the operation and those after it that join it; returns where to go on.
    private int ExecuteRun(int first)
    {
        var end = first + 1;
        while (end < batch.Count && batch[end].Joins(batch[end - 1]))
            end++;
        if (end - first > 1 && TryTogether(batch.GetRange(first, end - first)))
            return end;
        for (var i = first; i < end; i++)
            ExecuteAlone(batch[i]);
        return end;
    }

    private bool TryTogether(List<WriteOperation> run)
    {
        connection.Execute("SAVEPOINT run");
        try
        {
            run[0].ExecuteTogether(connection, run);
        }
        catch (Exception) when (connection.InTransaction)
        {
            // One of them is at fault; by themselves, they show which, and the others succeed.
            connection.Execute("ROLLBACK TO run");
            connection.Execute("RELEASE run");
            return false;
        }

        connection.Execute("RELEASE run");
        return true;
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
