namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbAlertStore(LiteDbWriter writer, LiteDbReaders readers) : IAlertStore
{
    public Task<AlertProgress> LoadAsync(CancellationToken cancellationToken) => readers.ReadAsync(
        database => new AlertProgress(AlertDocuments.EvaluatedUpTo(database), AlertDocuments.Open(database), SilenceDocuments.List(database)), cancellationToken);

    public Task CommitAsync(AlertCommit commit, CancellationToken cancellationToken) => writer.ExecuteAsync(
        database =>
        {
            foreach (var alert in commit.Alerts)
                AlertDocuments.Put(database, alert);
            foreach (var delivery in commit.Deliveries)
                DeliveryDocuments.Insert(database, delivery);
            if (commit.EvaluatedUpTo is { } seq)
                AlertDocuments.SetEvaluatedUpTo(database, seq);
            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<AlertRecord>> ListAsync(bool includeResolved, string? scan, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => AlertDocuments.List(database, includeResolved, scan, limit), cancellationToken);

    public Task<IReadOnlyDictionary<string, int>> CountOpenAsync(CancellationToken cancellationToken) => readers.ReadAsync(AlertDocuments.CountOpen, cancellationToken);

    public Task<AlertRecord?> FindAsync(string id, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => AlertDocuments.Find(database, id), cancellationToken);

    public Task<IReadOnlyList<string>> AcknowledgeAsync(
        IReadOnlyCollection<string> ids, string by, string comment, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync<IReadOnlyList<string>>(
            database => [.. ids.Where(id => AlertDocuments.Acknowledge(database, id, by, comment, at))], cancellationToken);

    public Task AddSilenceAsync(SilenceRecord silence, CancellationToken cancellationToken)
    {
        StoreArguments.Id(silence.Id);
        return writer.ExecuteAsync(
            database =>
            {
                SilenceDocuments.Insert(database, silence);
                return true;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<SilenceRecord>> ListSilencesAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(SilenceDocuments.List, cancellationToken);

    public Task<SilenceRecord?> DeleteSilenceAsync(string id, CancellationToken cancellationToken) => writer.ExecuteAsync(
        database =>
        {
            var silence = SilenceDocuments.List(database).FirstOrDefault(silence => silence.Id == id);
            SilenceDocuments.Delete(database, id);
            return silence;
        },
        cancellationToken);

    public Task<IReadOnlyList<DeliveryRecord>> DeliveriesOfAsync(IReadOnlyCollection<string> alertIds, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => DeliveryDocuments.OfAlerts(database, alertIds), cancellationToken);

    public Task<IReadOnlyList<string>> WaitingChannelsAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(DeliveryDocuments.WaitingChannels, cancellationToken);

    public Task<IReadOnlyList<WaitingDelivery>> DueAsync(string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => DeliveryDocuments.Due(database, channel, now, limit), cancellationToken);

    public Task<DateTimeOffset?> NextDueAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => DeliveryDocuments.NextDue(database, channel, now), cancellationToken);

    public Task<IReadOnlyList<DeliveryRecord>> DeliveriesAsync(IReadOnlyCollection<long> keys, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => DeliveryDocuments.OfKeys(database, keys), cancellationToken);

    public Task RecordAttemptsAsync(IReadOnlyDictionary<long, DeliveryAttempt> attempts, CancellationToken cancellationToken) => writer.ExecuteAsync(
        database =>
        {
            foreach (var (key, attempt) in attempts)
                DeliveryDocuments.RecordAttempt(database, key, attempt);
            return true;
        },
        cancellationToken);

    public Task<int> RetryNowAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => DeliveryDocuments.RetryNow(database, channel, now), cancellationToken);

    public Task<int> DeleteOldSilencesAsync(DateTimeOffset expiredBefore, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => SilenceDocuments.DeleteOld(database, expiredBefore), cancellationToken);

    public Task<int> DeleteOldAsync(DateTimeOffset resolvedBefore, int limit, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => AlertDocuments.DeleteOld(database, resolvedBefore, limit), cancellationToken);
}
