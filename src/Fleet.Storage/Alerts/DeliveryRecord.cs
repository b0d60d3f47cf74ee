namespace Fleet.Storage;

/// <summary>A message that is to leave.</summary>
/// <param name="AlertId">Of this alert.</param>
/// <param name="Channel">By this channel; empty, when it is committed: by each channel that has a message "firing" of the alert, sent or not.</param>
/// <param name="Status">"firing" or "resolved".</param>
/// <param name="Message">The message, as the controller wrote it.</param>
/// <param name="CreatedAt">When it was decided.</param>
public sealed record NewDelivery(string AlertId, string Channel, string Status, byte[] Message, DateTimeOffset CreatedAt)
{
    /// <summary>Not to be sent before; null: at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>How severe the alert is: the most severe leave first.</summary>
    public int Severity { get; init; }
}

/// <summary>A message, and how it fares.</summary>
/// <param name="Key">Identifies it.</param>
/// <param name="Delivery">What it is.</param>
/// <param name="Due">The next attempt; null when there is none.</param>
/// <param name="Attempts">Attempts so far, without those that a rate limit turned away.</param>
/// <param name="SentAt">When it got through.</param>
/// <param name="LastError">Why the last attempt failed.</param>
public sealed record DeliveryRecord(long Key, NewDelivery Delivery, DateTimeOffset? Due, int Attempts, DateTimeOffset? SentAt, string LastError)
{
    /// <summary>Whether it did not get through and is not tried again.</summary>
    public bool IsGivenUp => SentAt is null && Due is null;
}

/// <summary>A message whose next attempt is due, without what it says.</summary>
/// <param name="Key">Identifies it.</param>
/// <param name="Status">"firing" or "resolved".</param>
/// <param name="Severity">How severe its alert is.</param>
/// <param name="Scan">The alert's scan.</param>
/// <param name="Pattern">The alert's pattern.</param>
public sealed record WaitingDelivery(long Key, string Status, int Severity, string Scan, string Pattern);

/// <summary>How an attempt ended.</summary>
/// <param name="SentAt">When it got through; null: it did not.</param>
/// <param name="Next">The next attempt; null: there is none.</param>
/// <param name="Fault">Why it did not get through.</param>
public sealed record DeliveryAttempt(DateTimeOffset? SentAt, DateTimeOffset? Next, string Fault)
{
    /// <summary>Whether a rate limit turned it away, which says nothing about the message: it does not count as an attempt.</summary>
    public bool IsThrottled { get; init; }
}
