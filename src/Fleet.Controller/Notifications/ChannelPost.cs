using Fleet.Controller.Scans;
using Fleet.Hosting.Settings;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>Sends one message by one channel, once, within the time for it.</summary>
internal sealed partial class ChannelPost(
    ScanRegistry scans, IEnumerable<IChannelSender> senders, Reloadable<NotifyOptions> options, TimeProvider time, ILogger<ChannelPost> log)
{
    private readonly Dictionary<NotificationChannel.KindOneofCase, IChannelSender> _senders = senders.ToDictionary(sender => sender.Kind);

    /// <summary>Whether there is a channel of this name.</summary>
    public bool Knows(string channel) => scans.Current.Channels.ContainsKey(channel);

    /// <summary>How many messages a channel may get at once.</summary>
    public int MaxConcurrent(string name) =>
        scans.Current.Channels.TryGetValue(name, out var channel) && _senders[channel.KindCase].IsConcurrent ? options.Value.MaxConcurrent : 1;

    /// <summary>Sends; how that ended.</summary>
    public async Task<DeliveryOutcome> SendAsync(string name, Notification notification, CancellationToken cancellationToken)
    {
        if (!scans.Current.Channels.TryGetValue(name, out var channel))
            return new DeliveryOutcome($"channel {name} not found");
        using var limit = new CancellationTokenSource(options.Value.AttemptTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _senders[channel.KindCase].SendAsync(channel, notification, either.Token);
            return DeliveryOutcome.Sent;
        }
        catch (DeliveryException e)
        {
            return new DeliveryOutcome(e.Message) { IsThrottled = e.IsThrottled, RetryAfter = e.RetryAfter };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryOutcome($"no answer within {options.Value.AttemptTimeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever a library makes of a channel: it must not end the loop, which would end the controller, again and again.
            LogUnexpected(name, e);
            return new DeliveryOutcome($"{e.GetType().Name}: {e.Message}");
        }
    }

    [LoggerMessage(4704, LogLevel.Error, "Unexpected error sending by {Channel}")]
    private partial void LogUnexpected(string channel, Exception error);
}
