using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>One kind of channel.</summary>
internal interface IChannelSender
{
    /// <summary>The kind it sends by.</summary>
    NotificationChannel.KindOneofCase Kind { get; }

    /// <summary>Whether a channel can get several messages at once.</summary>
    bool IsConcurrent { get; }

    /// <summary>Sends a message.</summary>
    /// <exception cref="DeliveryException">It did not get through.</exception>
    /// <exception cref="OperationCanceledException">The time is over.</exception>
    Task SendAsync(NotificationChannel channel, Notification notification, CancellationToken cancellationToken);
}

/// <summary>A message did not get through.</summary>
internal sealed class DeliveryException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the receiver limits its rate: this says nothing about the message.</summary>
    public bool IsThrottled { get; init; }

    /// <summary>How long the receiver wants to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
