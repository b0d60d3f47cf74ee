using System.Threading.Channels;

namespace Fleet.Storage;

/// <summary>What a write queue may hold and how much shares one commit; see the options of the providers for what each means.</summary>
internal sealed record WriteLimits(
    int QueueLength, int MaxOperationsPerCommit, int MaxBytesPerCommit, TimeSpan CheckpointWhenQuietFor, TimeSpan CheckpointAtLatest);

/// <summary>The one writer: a thread of its own that executes whatever waits in one transaction and commits once for all of it.</summary>
/// <remarks>
/// A commit costs a flush to disk however much it holds, so what arrives while one flush runs shares the next.
/// A thread rather than a loop on the pool, because storage engines block, and the pool has as many threads as the machine has cores.
/// </remarks>
internal abstract class WriteQueue<TConnection> : IAsyncDisposable
{
    private readonly WriteLimits limits;
    private readonly string path;
    private readonly Channel<WriteOperation<TConnection>> queue;
    private readonly AutoResetEvent wake = new(false);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<WriteOperation<TConnection>> batch = [];
    private readonly TimeProvider time;
    private readonly CheckpointPlan checkpoints;
    private long operations;
    private long commits;

    protected WriteQueue(string path, WriteLimits limits, TimeProvider time)
    {
        this.path = path;
        this.limits = limits;
        this.time = time;
        checkpoints = new CheckpointPlan(limits.CheckpointWhenQuietFor, limits.CheckpointAtLatest);
        // Full: callers wait for room, which slows the agents' streams down instead of using up memory.
        queue = Channel.CreateBounded<WriteOperation<TConnection>>(
            new BoundedChannelOptions(limits.QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    public StoreStatistics Statistics => new(Interlocked.Read(ref operations), Interlocked.Read(ref commits), queue.Reader.Count);

    /// <summary>Executes the body in its turn; completes once it is committed.</summary>
    public Task<T> ExecuteAsync<T>(Func<TConnection, T> body, CancellationToken cancellationToken, int bytes = 0) =>
        ExecuteAsync(new CodeOperation<TConnection, T>(body, bytes), cancellationToken);

    /// <summary>Executes the operation in its turn; completes once it is committed.</summary>
    public async Task<T> ExecuteAsync<T>(WriteOperation<TConnection, T> operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await queue.Writer.WriteAsync(operation, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new StoreException(StoreFault.Closed, $"the store {path} has been closed");
        }

        wake.Set();
        await using (cancellationToken.UnsafeRegister(static (it, token) => ((WriteOperation<TConnection>)it!).Cancel(token), operation))
            return await operation.Task;
    }

    /// <summary>Executes what waits, then ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        wake.Set();
        await ended.Task;
    }

    /// <summary>Begins to execute what comes. To be called once, at the end of the constructor.</summary>
    protected void Start() => new Thread(Run) { IsBackground = true, Name = "store writer" }.Start();

    /// <summary>Executes and commits operations, and tells those of their callers that fail. On the writer's thread.</summary>
    /// <returns>How many commits it took; what of it was not told to have failed is then complete.</returns>
    /// <exception cref="Exception">Nothing of it was committed.</exception>
    protected abstract int Commit(IReadOnlyList<WriteOperation<TConnection>> batch);

    /// <summary>Moves what is in the log to where it belongs; false where that must be tried again later. On the writer's thread.</summary>
    protected abstract bool TryCheckpoint();

    /// <summary>Whether the log has grown so much that it cannot wait for its time. On the writer's thread, after each commit.</summary>
    protected virtual bool IsCheckpointOverdue => false;

    /// <summary>Closes what the writer has open. On the writer's thread, at its end.</summary>
    protected abstract void Close();

    /// <summary>Where the operations that join the first one end.</summary>
    protected static int EndOfRun(IReadOnlyList<WriteOperation<TConnection>> batch, int first)
    {
        var end = first + 1;
        while (end < batch.Count && batch[end].Joins(batch[end - 1]))
            end++;
        return end;
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
                checkpoints.Done(TryCheckpoint(), Now());
        }

        Close();
        ended.SetResult();
    }

    private TimeSpan Now() => time.GetElapsedTime(0);

    private bool Collect()
    {
        batch.Clear();
        long bytes = 0;
        while (batch.Count < limits.MaxOperationsPerCommit
            && queue.Reader.TryPeek(out var next)
            && (batch.Count == 0 || bytes + next.Bytes <= limits.MaxBytesPerCommit)
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
            Interlocked.Add(ref commits, Commit(batch));
            checkpoints.Committed(Now());
        }
        catch (Exception e)
        {
            foreach (var operation in batch)
                operation.Fail(e);
            return;
        }

        // Those that failed have been told already; this changes nothing for them.
        foreach (var operation in batch)
            operation.Complete();
        if (IsCheckpointOverdue)
            checkpoints.Done(TryCheckpoint(), Now());
    }
}
