using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>One kind of channel.</summary>
internal interface IChannelSender
{
    /// <summary>The kind it sends by.</summary>
    NotificationChannel.KindOneofCase Kind { get; }

    /// <summary>Sends a message.</summary>
    /// <exception cref="DeliveryException">It did not get through.</exception>
    /// <exception cref="OperationCanceledException">The time is over.</exception>
    Task SendAsync(NotificationChannel channel, Notice notice, CancellationToken cancellationToken);
}

/// <summary>A message did not get through.</summary>
internal sealed class DeliveryException(string message, Exception? inner = null) : Exception(message, inner);
