namespace Fleet.Storage;

/// <summary>A message that is to leave.</summary>
/// <param name="AlertId">Of this alert.</param>
/// <param name="Channel">By this channel.</param>
/// <param name="Occasion">"firing" or "resolved".</param>
/// <param name="Message">The message, as the controller wrote it.</param>
/// <param name="CreatedAt">When it was decided.</param>
public sealed record NewDelivery(string AlertId, string Channel, string Occasion, byte[] Message, DateTimeOffset CreatedAt)
{
    /// <summary>Not to be sent before; null: at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}

/// <summary>A message, and how it fares.</summary>
/// <param name="Key">Identifies it.</param>
/// <param name="Delivery">What it is.</param>
/// <param name="Due">The next attempt; null when there is none.</param>
/// <param name="Attempts">Attempts so far.</param>
/// <param name="SentAt">When it got through.</param>
/// <param name="LastFault">Why the last attempt failed.</param>
public sealed record DeliveryRecord(long Key, NewDelivery Delivery, DateTimeOffset? Due, int Attempts, DateTimeOffset? SentAt, string LastFault)
{
    /// <summary>Whether it did not get through and is not tried again.</summary>
    public bool IsGivenUp => SentAt is null && Due is null;
}

/// <summary>How an attempt ended.</summary>
/// <param name="SentAt">When it got through; null: it did not.</param>
/// <param name="Next">The next attempt; null: there is none.</param>
/// <param name="Fault">Why it did not get through.</param>
public sealed record DeliveryAttempt(DateTimeOffset? SentAt, DateTimeOffset? Next, string Fault);
