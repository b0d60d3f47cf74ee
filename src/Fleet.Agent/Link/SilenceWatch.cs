namespace Fleet.Agent.Link;

/// <summary>Cancels a link on which nothing was heard for too long.</summary>
internal sealed class SilenceWatch : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenSource _timer;
    private TimeSpan _limit;

    /// <param name="limit">How long a silence may last.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Cancels the link for other reasons.</param>
    public SilenceWatch(TimeSpan limit, TimeProvider time, CancellationToken stop)
    {
        _limit = limit;
        _timer = new CancellationTokenSource(limit, time);
        _source = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, stop);
    }

    /// <summary>Cancelled by silence, or with the link.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether silence was the reason.</summary>
    public bool HasPassed => _timer.IsCancellationRequested;

    /// <summary>How long a silence may last; setting it begins anew.</summary>
    public TimeSpan Limit
    {
        get => _limit;
        set
        {
            _limit = value;
            Restart();
        }
    }

    /// <summary>Something was heard.</summary>
    public void Restart() => _timer.CancelAfter(_limit);

    public void Dispose()
    {
        _source.Dispose();
        _timer.Dispose();
    }
}
