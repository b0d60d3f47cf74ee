using Fleet.Hosting.Settings;
using Fleet.Storage;

namespace Fleet.Controller.Notifications;

/// <summary>Sends messages until they get through or are given up: each channel has a queue of its own, which waits for no other.</summary>
internal sealed partial class DeliveryLoop(
    IFleetStore store, ChannelPost post, DeliverySignal signal, Reloadable<NotifyOptions> options, TimeProvider time, ILogger<DeliveryLoop> log)
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_afterFault = TimeSpan.FromSeconds(5);

    // By channel. Only the loop touches it. A queue stays for as long as the controller runs: it knows how quickly its channel takes messages.
    private readonly Dictionary<string, (ChannelQueue Queue, Task Running)> _queues = new(StringComparer.Ordinal);

    /// <summary>The loop. Ends when the token says so, and the queues with it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    await TurnAsync(cancellationToken);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                }
                catch (StoreException e)
                {
                    LogFailed(e);
                    await Task.Delay(s_afterFault, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
        finally
        {
            await Task.WhenAll(_queues.Values.Select(entry => entry.Running));
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        foreach (var (_, running) in _queues.Values.Where(entry => entry.Running.IsFaulted))
            await running;
        foreach (var channel in await store.Alerts.WaitingChannelsAsync(cancellationToken))
        {
            if (!_queues.TryGetValue(channel, out var entry))
            {
                var queue = new ChannelQueue(channel, store, post, options, time, log);
                _queues.Add(channel, entry = (queue, RunAsync(queue, cancellationToken)));
            }

            entry.Queue.Look();
        }

        await signal.Wake.WaitAsync(s_idle, time, cancellationToken);
    }

    private async Task RunAsync(ChannelQueue queue, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Yield();
            await queue.RunAsync(cancellationToken);
        }
        finally
        {
            // A bug in a queue is to end the loop, and be seen.
            signal.Wake.Set();
        }
    }

    [LoggerMessage(4709, LogLevel.Error, "The store failed while channels with messages were listed; it will be retried")]
    private partial void LogFailed(Exception error);
}
