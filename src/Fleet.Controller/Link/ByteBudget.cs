namespace Fleet.Controller.Link;

/// <summary>A bound on bytes that several hold at once; who finds it used up waits in line.</summary>
internal sealed class ByteBudget(long limit)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Turn)> _line = new();
    private long _taken;

    /// <summary>Takes bytes, once there is room. More than the whole budget is let through alone.</summary>
    public ValueTask TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_line.Count == 0 && Fits_NeedsLock(bytes))
            {
                _taken += bytes;
                return ValueTask.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(WaitAsync(_line.AddLast((bytes, turn)), cancellationToken));
        }
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(long bytes)
    {
        lock (_lock)
        {
            _taken -= bytes;
            ServeLine_NeedsLock();
        }
    }

    private async Task WaitAsync(LinkedListNode<(long Bytes, TaskCompletionSource Turn)> place, CancellationToken cancellationToken)
    {
        try
        {
            await place.Value.Turn.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                // Served at this very moment, or still in line: either way nothing stays taken.
                if (place.List is null)
                    _taken -= place.Value.Bytes;
                else
                    _line.Remove(place);
                ServeLine_NeedsLock();
            }

            throw;
        }
    }

    private bool Fits_NeedsLock(long bytes) => _taken == 0 || _taken + bytes <= limit;

    private void ServeLine_NeedsLock()
    {
        while (_line.First is { } first && Fits_NeedsLock(first.Value.Bytes))
        {
            _line.RemoveFirst();
            _taken += first.Value.Bytes;
            first.Value.Turn.TrySetResult();
        }
    }
}
