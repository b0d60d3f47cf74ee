namespace Fleet.Storage.Sqlite;

/// <summary>Something to be written that waits for its turn. It is cancelled before its turn or not at all.</summary>
internal abstract class WriteOperation(int bytes)
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Cancelled = 2;

    private int state;

    /// <summary>About how many bytes it carries.</summary>
    public int Bytes { get; } = bytes;

    /// <summary>Claims it for execution; false if it was cancelled while it waited.</summary>
    public bool TryStart() => Interlocked.CompareExchange(ref state, Started, Waiting) == Waiting;

    /// <summary>Cancels it unless its turn has come.</summary>
    public void Cancel(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref state, Cancelled, Waiting) == Waiting)
            Cancelling(cancellationToken);
    }

    /// <summary>Executes it inside the shared transaction; throws what its caller is to see.</summary>
    public abstract void Execute(Connection connection);

    /// <summary>Tells the caller its result: the transaction is committed.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller that nothing of it was written.</summary>
    public abstract void Fail(Exception exception);

    protected abstract void Cancelling(CancellationToken cancellationToken);
}

/// <summary>An operation with a result.</summary>
internal sealed class WriteOperation<T>(Func<Connection, T> body, int bytes) : WriteOperation(bytes)
{
    // Callers go on elsewhere: their code must not run on the writer's thread.
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T result = default!;

    public Task<T> Task => completion.Task;

    public override void Execute(Connection connection) => result = body(connection);

    public override void Complete() => completion.TrySetResult(result);

    public override void Fail(Exception exception) => completion.TrySetException(exception);

    protected override void Cancelling(CancellationToken cancellationToken) => completion.TrySetCanceled(cancellationToken);
}
