namespace Fleet.Storage;

/// <summary>Something to be written that waits for its turn. It is cancelled before its turn or not at all.</summary>
internal abstract class WriteOperation<TConnection>(int bytes)
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
    public abstract void Execute(TConnection connection);

    /// <summary>Whether it can be executed together with the one before it, at less cost.</summary>
    public virtual bool Joins(WriteOperation<TConnection> before) => false;

    /// <summary>
    /// Executes operations that join one another, this being the first. If that throws, each is executed by itself instead.
    /// </summary>
    public virtual void ExecuteTogether(TConnection connection, IReadOnlyList<WriteOperation<TConnection>> run) =>
        throw new NotSupportedException("these operations do not join");

    /// <summary>Tells the caller its result: the transaction is committed.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller that nothing of it was written.</summary>
    public abstract void Fail(Exception exception);

    protected abstract void Cancelling(CancellationToken cancellationToken);
}

/// <summary>An operation with a result.</summary>
internal abstract class WriteOperation<TConnection, T>(int bytes) : WriteOperation<TConnection>(bytes)
{
    // Callers go on elsewhere: their code must not run on the writer's thread.
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => completion.Task;

    /// <summary>What the caller gets once it is committed.</summary>
    protected T Result { get; set; } = default!;

    public override void Complete() => completion.TrySetResult(Result);

    public override void Fail(Exception exception) => completion.TrySetException(exception);

    protected override void Cancelling(CancellationToken cancellationToken) => completion.TrySetCanceled(cancellationToken);
}

/// <summary>An operation that is just a piece of code.</summary>
internal sealed class CodeOperation<TConnection, T>(Func<TConnection, T> body, int bytes) : WriteOperation<TConnection, T>(bytes)
{
    public override void Execute(TConnection connection) => Result = body(connection);
}
