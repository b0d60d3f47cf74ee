using System.Threading.Channels;

namespace Fleet.Controller.Scans;

/// <summary>Wakes a loop: however many ask before it looks, it looks once.</summary>
internal sealed class WakeUp
{
    // Full means that the loop will look anyway.
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Asks the loop to look.</summary>
    public void Set() => _asked.Writer.TryWrite(true);

    /// <summary>Waits until somebody asks or the time is over.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _asked.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over.
        }
    }
}
