namespace Fleet.Controller.Admission;

/// <summary>A connection that waits for its turn.</summary>
internal sealed class HandshakeWaiter
{
    private readonly TaskCompletionSource<HandshakeSlot?> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HandshakeWaiter(HandshakeSource source)
    {
        Source = source;
        Node = new LinkedListNode<HandshakeWaiter>(this);
    }

    /// <summary>Where it comes from.</summary>
    public HandshakeSource Source { get; }

    /// <summary>Its place in the queue it stands in.</summary>
    public LinkedListNode<HandshakeWaiter> Node { get; }

    /// <summary>Completes with the turn, or with null where the connection has gone.</summary>
    public Task<HandshakeSlot?> Task => _turn.Task;

    /// <summary>Ends the waiting.</summary>
    public void End(HandshakeSlot? turn) => _turn.TrySetResult(turn);
}
