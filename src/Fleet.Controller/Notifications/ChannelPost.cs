using Fleet.Controller.Scans;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>Sends one message by one channel, once, within the time for it.</summary>
internal sealed partial class ChannelPost(
    ScanRegistry scans, IEnumerable<IChannelSender> senders, NotifyOptions options, TimeProvider time, ILogger<ChannelPost> log)
{
    private readonly Dictionary<NotificationChannel.KindOneofCase, IChannelSender> _senders = senders.ToDictionary(sender => sender.Kind);

    /// <summary>Whether there is a channel of this name.</summary>
    public bool Knows(string channel) => scans.Current.Channels.ContainsKey(channel);

    /// <summary>Sends; why it did not get through, or empty.</summary>
    public async Task<string> SendAsync(string name, Notice notice, CancellationToken cancellationToken)
    {
        if (!scans.Current.Channels.TryGetValue(name, out var channel))
            return $"there is no channel {name} (any more)";
        using var limit = new CancellationTokenSource(options.AttemptTimeout, time);
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
            return $"no answer within {options.AttemptTimeout.TotalSeconds:0.#} s";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever a library makes of a channel: it must not end the loop, which would end the controller, again and again.
            LogUnexpected(name, e);
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    [LoggerMessage(4704, LogLevel.Error, "Sending by {Channel} failed in a way that nobody foresaw")]
    private partial void LogUnexpected(string channel, Exception error);
}
