using Fleet.Controller.Scans;
using Fleet.Protocol.V1;
using Fleet.Storage;

namespace Fleet.Controller.Notifications;

/// <summary>Sends messages until they get through or are given up; what is due survives a restart.</summary>
internal sealed partial class DeliveryLoop(
    IFleetStore store, ScanRegistry scans, IEnumerable<IChannelSender> senders, DeliverySignal signal, TimeProvider time, ILogger<DeliveryLoop> log)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan s_attempt = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_giveUpAfter = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_afterFault = TimeSpan.FromSeconds(5);

    private readonly Dictionary<NotificationChannel.KindOneofCase, IChannelSender> _senders = senders.ToDictionary(sender => sender.Kind);

    /// <summary>The loop. Ends when the token says so.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var due = await store.Alerts.DueAsync(time.GetUtcNow(), AtOnce, cancellationToken);
                await Task.WhenAll(due.Select(delivery => AttemptAsync(delivery, cancellationToken)));
                if (due.Count == 0)
                    await WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException e)
            {
                LogFailed(e);
                await Task.Delay(s_afterFault, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Tries to send by a channel once; why not, or empty.</summary>
    public async Task<string> TryAsync(NotificationChannel? channel, Notice notice, CancellationToken cancellationToken)
    {
        if (channel is null)
            return "there is no such channel (any more)";
        using var limit = new CancellationTokenSource(s_attempt, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _senders[channel.KindCase].SendAsync(channel, notice, either.Token);
            return "";
        }
        catch (DeliveryException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {s_attempt.TotalSeconds:0} s";
        }
    }

    /// <summary>How long to wait after so many attempts.</summary>
    internal static TimeSpan PauseAfter(int attempts) =>
        TimeSpan.FromTicks(Math.Min(s_longestPause.Ticks, s_firstPause.Ticks << Math.Min(attempts - 1, 20)));

    private async Task AttemptAsync(DeliveryRecord record, CancellationToken cancellationToken)
    {
        var delivery = record.Delivery;
        var notice = new Notice($"{delivery.AlertId}-{record.Key}", delivery.Occasion, Alert.Parser.ParseFrom(delivery.Message));
        var fault = await TryAsync(scans.Current.Channels.GetValueOrDefault(delivery.Channel), notice, cancellationToken);
        var now = time.GetUtcNow();
        var isLast = now - delivery.CreatedAt > s_giveUpAfter;
        var attempt = fault.Length == 0
            ? new DeliveryAttempt(now, null, "")
            : new DeliveryAttempt(null, isLast ? null : now + PauseAfter(record.Attempts + 1), fault);
        await store.Alerts.RecordAttemptAsync(record.Key, attempt, cancellationToken);
        if (fault.Length == 0)
            LogSent(delivery.AlertId, delivery.Occasion, delivery.Channel, record.Attempts + 1);
        else if (isLast)
            LogGivenUp(delivery.AlertId, delivery.Occasion, delivery.Channel, record.Attempts + 1, fault);
        else
            LogNotSent(delivery.AlertId, delivery.Occasion, delivery.Channel, record.Attempts + 1, fault);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var pause = await store.Alerts.NextDueAsync(cancellationToken) is { } next ? next - time.GetUtcNow() : s_idle;
        pause = TimeSpan.FromMilliseconds(Math.Clamp(pause.TotalMilliseconds, 1, s_idle.TotalMilliseconds));
        await signal.Wake.WaitAsync(pause, time, cancellationToken);
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
