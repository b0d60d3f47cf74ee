namespace Fleet.Storage;

/// <summary>Alerts, silences, and the messages that go out.</summary>
public interface IAlertStore
{
    /// <summary>Where judging stands.</summary>
    Task<AlertProgress> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Writes what came of judging. An alert's acknowledgement is left as it is.</summary>
    Task CommitAsync(AlertCommit commit, CancellationToken cancellationToken);

    /// <summary>Alerts, latest start first; all or only those that are not resolved.</summary>
    Task<IReadOnlyList<AlertRecord>> ListAsync(bool includeResolved, string? scan, int limit, CancellationToken cancellationToken);

    /// <summary>How many alerts are not resolved, by scan; scans without any are left out.</summary>
    Task<IReadOnlyDictionary<string, int>> CountOpenAsync(CancellationToken cancellationToken);

    /// <summary>An alert; null if there is none of this id.</summary>
    Task<AlertRecord?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Acknowledges alerts; returns the ids of those that are there.</summary>
    Task<IReadOnlyList<string>> AcknowledgeAsync(
        IReadOnlyCollection<string> ids, string by, string comment, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Adds a silence.</summary>
    Task AddSilenceAsync(SilenceRecord silence, CancellationToken cancellationToken);

    /// <summary>Silences, latest first.</summary>
    Task<IReadOnlyList<SilenceRecord>> ListSilencesAsync(CancellationToken cancellationToken);

    /// <summary>Deletes a silence; returns it, or null if there is none.</summary>
    Task<SilenceRecord?> DeleteSilenceAsync(string id, CancellationToken cancellationToken);

    /// <summary>Messages of alerts, in the order in which they were decided.</summary>
    Task<IReadOnlyList<DeliveryRecord>> DeliveriesOfAsync(IReadOnlyCollection<string> alertIds, CancellationToken cancellationToken);

    /// <summary>Channels for which messages wait, due or not.</summary>
    Task<IReadOnlyList<string>> WaitingChannelsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Messages of a channel whose next attempt is due, the most severe first, then the longest due. One that waits behind an earlier message of
    /// the same alert and channel is not due: nobody is to hear that it is over before he hears that it began.
    /// </summary>
    Task<IReadOnlyList<WaitingDelivery>> DueAsync(string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>When the next attempt of any message of a channel is due that is not due yet; null if there is none.</summary>
    Task<DateTimeOffset?> NextDueAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Messages, in the order in which they were decided.</summary>
    Task<IReadOnlyList<DeliveryRecord>> DeliveriesAsync(IReadOnlyCollection<long> keys, CancellationToken cancellationToken);

    /// <summary>Writes how attempts ended: all of them or none.</summary>
    Task RecordAttemptsAsync(IReadOnlyDictionary<long, DeliveryAttempt> attempts, CancellationToken cancellationToken);

    /// <summary>The next attempts of all messages of a channel that have failed before are due now; returns how many.</summary>
    Task<int> RetryNowAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Deletes silences that ended before a time; returns how many.</summary>
    Task<int> DeleteOldSilencesAsync(DateTimeOffset expiredBefore, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes up to so many alerts that were resolved before a time and have nothing left to send, with their messages; returns how many.
    /// </summary>
    Task<int> DeleteOldAsync(DateTimeOffset resolvedBefore, int limit, CancellationToken cancellationToken);
}
