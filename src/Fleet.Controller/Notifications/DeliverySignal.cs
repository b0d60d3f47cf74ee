using Fleet.Controller.Scans;

namespace Fleet.Controller.Notifications;

/// <summary>Says that there are messages to send.</summary>
internal sealed class DeliverySignal
{
    /// <summary>The loop's.</summary>
    public WakeUp Wake { get; } = new();
}
