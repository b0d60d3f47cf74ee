using Fleet.Protocol.V1;
using Fleet.Storage;

namespace Fleet.Controller.Notifications;

/// <summary>Sends messages until they get through or are given up; what is due survives a restart.</summary>
/// <remarks>Each channel sends one message at a time: one that does not answer holds up nobody else, and order is kept.</remarks>
internal sealed partial class DeliveryLoop(
    IFleetStore store, ChannelPost post, DeliverySignal signal, NotifyOptions options, TimeProvider time, ILogger<DeliveryLoop> log)
{
    private const int LookAtOnce = 64;
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_afterFault = TimeSpan.FromSeconds(5);

    // By channel. Only the loop touches it.
    private readonly Dictionary<string, Task> _underWay = new(StringComparer.Ordinal);

    /// <summary>The loop. Ends when the token says so, and what is under way with it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
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

        await Task.WhenAll(_underWay.Values);
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        // 1. Channels that are done are free again.
        foreach (var (channel, attempt) in _underWay.ToArray())
        {
            if (!attempt.IsCompleted)
                continue;
            _underWay.Remove(channel);
            await attempt;
        }

        // 2. Each free channel gets the message that has been due longest.
        var due = await store.Alerts.DueAsync(time.GetUtcNow(), _underWay.Keys, LookAtOnce, cancellationToken);
        foreach (var record in due.DistinctBy(record => record.Delivery.Channel))
            _underWay.Add(record.Delivery.Channel, AttemptAsync(record, cancellationToken));
        if (due.Count > 0)
            return;

        // 3. Until there is one, a channel is done, or something falls due.
        var next = await store.Alerts.NextDueAsync(_underWay.Keys, cancellationToken);
        var pause = next is { } at ? (at - time.GetUtcNow()).TotalMilliseconds : s_idle.TotalMilliseconds;
        await signal.Wake.WaitAsync(TimeSpan.FromMilliseconds(Math.Clamp(pause, 1, s_idle.TotalMilliseconds)), time, cancellationToken);
    }

    private async Task AttemptAsync(DeliveryRecord record, CancellationToken cancellationToken)
    {
        // The loop goes on at once, whatever a sender does before it first waits.
        await Task.Yield();
        try
        {
            var delivery = record.Delivery;
            // Of an attempt that was cut off here it is not known whether it got through: the receiver can tell by the id.
            var notice = new Notice($"{delivery.AlertId}-{record.Key}", delivery.Occasion, Alert.Parser.ParseFrom(delivery.Message));
            var fault = await post.SendAsync(delivery.Channel, notice, cancellationToken);
            // Without the token: what went out is written down, also while the controller stops.
            await store.Alerts.RecordAttemptAsync(record.Key, Judge(record, fault), CancellationToken.None);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (StoreException e)
        {
            LogFailed(e);
            await Task.Delay(s_afterFault, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            signal.Wake.Set();
        }
    }

    private DeliveryAttempt Judge(DeliveryRecord record, string fault)
    {
        var delivery = record.Delivery;
        var (now, attempts) = (time.GetUtcNow(), record.Attempts + 1);
        if (fault.Length == 0)
        {
            LogSent(delivery.AlertId, delivery.Occasion, delivery.Channel, attempts);
            return new DeliveryAttempt(now, null, "");
        }

        // Counted from when it could first be sent, which is later than it was decided where the hours are quiet.
        var next = now + options.PauseAfter(attempts);
        if (post.Knows(delivery.Channel) && next - (delivery.NotBefore ?? delivery.CreatedAt) <= options.GiveUpAfter)
        {
            LogNotSent(delivery.AlertId, delivery.Occasion, delivery.Channel, attempts, fault);
            return new DeliveryAttempt(null, next, fault);
        }

        LogGivenUp(delivery.AlertId, delivery.Occasion, delivery.Channel, attempts, fault);
        return new DeliveryAttempt(null, null, fault);
    }

    [LoggerMessage(4700, LogLevel.Information, "Alert {Alert} ({Occasion}) went out by {Channel}, attempt {Attempt}")]
    private partial void LogSent(string alert, string occasion, string channel, int attempt);

    [LoggerMessage(4701, LogLevel.Warning, "Alert {Alert} ({Occasion}) did not go out by {Channel}, attempt {Attempt}: {Fault}; it is tried again")]
    private partial void LogNotSent(string alert, string occasion, string channel, int attempt, string fault);

    [LoggerMessage(4702, LogLevel.Error, "Alert {Alert} ({Occasion}) was given up for {Channel} after {Attempt} attempts: {Fault}")]
    private partial void LogGivenUp(string alert, string occasion, string channel, int attempt, string fault);

    [LoggerMessage(4703, LogLevel.Error, "The store failed while messages were sent; it goes on from there")]
    private partial void LogFailed(Exception error);
}
