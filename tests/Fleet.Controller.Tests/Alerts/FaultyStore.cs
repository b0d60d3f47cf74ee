using Fleet.Storage;

namespace Fleet.Controller.Tests.Alerts;

/// <summary>A store whose commits of alerts fail as a test says: before anything is written, or after all of it is.</summary>
internal sealed class FaultyStore(IFleetStore inner, Func<CommitFault> next) : IFleetStore, IAlertStore
{
    public IAgentStore Agents => inner.Agents;

    public IOperatorStore Operators => inner.Operators;

    public ITokenStore Tokens => inner.Tokens;

    public IRevocationStore Revocations => inner.Revocations;

    public IJobStore Jobs => inner.Jobs;

    public ITaskEventStore Events => inner.Events;

    public IScanStore Scans => inner.Scans;

    public IFindingStore Findings => inner.Findings;

    public IAlertStore Alerts => this;

    public ISettingsStore Settings => inner.Settings;

    public IRevisionStore Revisions => inner.Revisions;

    public IRetentionStore Retention => inner.Retention;

    public StoreStatistics Statistics => inner.Statistics;

    public Task<AlertProgress> LoadAsync(CancellationToken cancellationToken) => inner.Alerts.LoadAsync(cancellationToken);

    public async Task CommitAsync(AlertCommit commit, CancellationToken cancellationToken)
    {
        var fault = next();
        if (fault != CommitFault.Before)
            await inner.Alerts.CommitAsync(commit, cancellationToken);
        if (fault != CommitFault.None)
            throw new StoreException(StoreFault.Locked, "for the test");
    }

    public Task<IReadOnlyList<AlertRecord>> ListAsync(bool includeResolved, string? scan, int limit, CancellationToken cancellationToken) =>
        inner.Alerts.ListAsync(includeResolved, scan, limit, cancellationToken);

    public Task<IReadOnlyDictionary<string, int>> CountOpenAsync(CancellationToken cancellationToken) => inner.Alerts.CountOpenAsync(cancellationToken);

    public Task<AlertRecord?> FindAsync(string id, CancellationToken cancellationToken) => inner.Alerts.FindAsync(id, cancellationToken);

    public Task<IReadOnlyList<string>> AcknowledgeAsync(
        IReadOnlyCollection<string> ids, string by, string comment, DateTimeOffset at, CancellationToken cancellationToken) =>
        inner.Alerts.AcknowledgeAsync(ids, by, comment, at, cancellationToken);

    public Task AddSilenceAsync(SilenceRecord silence, CancellationToken cancellationToken) => inner.Alerts.AddSilenceAsync(silence, cancellationToken);

    public Task<IReadOnlyList<SilenceRecord>> ListSilencesAsync(CancellationToken cancellationToken) => inner.Alerts.ListSilencesAsync(cancellationToken);

    public Task<SilenceRecord?> DeleteSilenceAsync(string id, CancellationToken cancellationToken) => inner.Alerts.DeleteSilenceAsync(id, cancellationToken);

    public Task<IReadOnlyList<DeliveryRecord>> DeliveriesOfAsync(IReadOnlyCollection<string> alertIds, CancellationToken cancellationToken) =>
        inner.Alerts.DeliveriesOfAsync(alertIds, cancellationToken);

    public Task<IReadOnlyList<string>> WaitingChannelsAsync(CancellationToken cancellationToken) => inner.Alerts.WaitingChannelsAsync(cancellationToken);

    public Task<IReadOnlyList<WaitingDelivery>> DueAsync(string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        inner.Alerts.DueAsync(channel, now, limit, cancellationToken);

    public Task<DateTimeOffset?> NextDueAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        inner.Alerts.NextDueAsync(channel, now, cancellationToken);

    public Task<IReadOnlyList<DeliveryRecord>> DeliveriesAsync(IReadOnlyCollection<long> keys, CancellationToken cancellationToken) =>
        inner.Alerts.DeliveriesAsync(keys, cancellationToken);

    public Task RecordAttemptsAsync(IReadOnlyDictionary<long, DeliveryAttempt> attempts, CancellationToken cancellationToken) =>
        inner.Alerts.RecordAttemptsAsync(attempts, cancellationToken);

    public Task<int> RetryNowAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        inner.Alerts.RetryNowAsync(channel, now, cancellationToken);

    public Task<int> DeleteOldSilencesAsync(DateTimeOffset expiredBefore, CancellationToken cancellationToken) =>
        inner.Alerts.DeleteOldSilencesAsync(expiredBefore, cancellationToken);

    public Task<int> DeleteOldAsync(DateTimeOffset resolvedBefore, int limit, CancellationToken cancellationToken) =>
        inner.Alerts.DeleteOldAsync(resolvedBefore, limit, cancellationToken);

    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>How a commit fails.</summary>
internal enum CommitFault
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Nothing is written.</summary>
    Before,

    /// <summary>All is written, and nobody hears of it: as after a crash.</summary>
    After,
}
