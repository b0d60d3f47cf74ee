namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteAlertStore(Writer writer, ReaderPool readers) : IAlertStore
{
    public Task<AlertProgress> LoadAsync(CancellationToken cancellationToken) => readers.ReadAsync(
        connection => new AlertProgress(AlertRows.EvaluatedUpTo(connection), AlertRows.Open(connection), SilenceRows.List(connection)), cancellationToken);

    public Task CommitAsync(AlertCommit commit, CancellationToken cancellationToken) => writer.ExecuteAsync(
        connection =>
        {
            foreach (var alert in commit.Alerts)
                AlertRows.Put(connection, alert);
            foreach (var delivery in commit.Deliveries)
                DeliveryRows.Insert(connection, delivery);
            if (commit.EvaluatedUpTo is { } seq)
                AlertRows.SetEvaluatedUpTo(connection, seq);
            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<AlertRecord>> ListAsync(bool includeResolved, string? scan, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => AlertRows.List(connection, includeResolved, scan, limit), cancellationToken);

    public Task<IReadOnlyDictionary<string, int>> CountOpenAsync(CancellationToken cancellationToken) => readers.ReadAsync(AlertRows.CountOpen, cancellationToken);

    public Task<AlertRecord?> FindAsync(string id, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => AlertRows.Find(connection, id), cancellationToken);

    public Task<IReadOnlyList<string>> AcknowledgeAsync(
        IReadOnlyCollection<string> ids, string by, string comment, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync<IReadOnlyList<string>>(
            connection => [.. ids.Where(id => AlertRows.Acknowledge(connection, id, by, comment, at))], cancellationToken);

    public Task AddSilenceAsync(SilenceRecord silence, CancellationToken cancellationToken)
    {
        StoreArguments.Id(silence.Id);
        return writer.ExecuteAsync(
            connection =>
            {
                SilenceRows.Insert(connection, silence);
                return true;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<SilenceRecord>> ListSilencesAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(SilenceRows.List, cancellationToken);

    public Task<SilenceRecord?> DeleteSilenceAsync(string id, CancellationToken cancellationToken) => writer.ExecuteAsync(
        connection =>
        {
            var silence = SilenceRows.List(connection).FirstOrDefault(silence => silence.Id == id);
            SilenceRows.Delete(connection, id);
            return silence;
        },
        cancellationToken);

    public Task<IReadOnlyList<DeliveryRecord>> DeliveriesOfAsync(IReadOnlyCollection<string> alertIds, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => DeliveryRows.OfAlerts(connection, alertIds), cancellationToken);

    public Task<IReadOnlyList<string>> WaitingChannelsAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(DeliveryRows.WaitingChannels, cancellationToken);

    public Task<IReadOnlyList<WaitingDelivery>> DueAsync(string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => DeliveryRows.Due(connection, channel, now, limit), cancellationToken);

    public Task<DateTimeOffset?> NextDueAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => DeliveryRows.NextDue(connection, channel, now), cancellationToken);

    public Task<IReadOnlyList<DeliveryRecord>> DeliveriesAsync(IReadOnlyCollection<long> keys, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => DeliveryRows.OfKeys(connection, keys), cancellationToken);

    public Task RecordAttemptsAsync(IReadOnlyDictionary<long, DeliveryAttempt> attempts, CancellationToken cancellationToken) => writer.ExecuteAsync(
        connection =>
        {
            foreach (var (key, attempt) in attempts)
                DeliveryRows.RecordAttempt(connection, key, attempt);
            return true;
        },
        cancellationToken);

    public Task<int> RetryNowAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => DeliveryRows.RetryNow(connection, channel, now), cancellationToken);

    public Task<int> DeleteOldSilencesAsync(DateTimeOffset expiredBefore, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => SilenceRows.DeleteOld(connection, expiredBefore), cancellationToken);

    public Task<int> DeleteOldAsync(DateTimeOffset resolvedBefore, int limit, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => AlertRows.DeleteOld(connection, resolvedBefore, limit), cancellationToken);
}
