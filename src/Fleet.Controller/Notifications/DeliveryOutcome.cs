namespace Fleet.Controller.Notifications;

/// <summary>How an attempt to send a message ended.</summary>
/// <param name="Fault">Why it did not get through; empty where it did.</param>
internal readonly record struct DeliveryOutcome(string Fault)
{
    /// <summary>It got through.</summary>
    public static DeliveryOutcome Sent { get; } = new("");

    /// <summary>Whether it got through.</summary>
    public bool IsSent => Fault.Length == 0;

    /// <summary>Whether the receiver limits its rate: this says nothing about the message.</summary>
    public bool IsThrottled { get; init; }

    /// <summary>How long the receiver wants to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
