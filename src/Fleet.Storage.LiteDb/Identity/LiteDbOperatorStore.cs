namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbOperatorStore(LiteDbWriter writer, LiteDbReaders readers) : IOperatorStore
{
    public Task<OperatorEnrollmentOutcome> EnrollAsync(OperatorEnrollment enrollment, CancellationToken cancellationToken)
    {
        StoreArguments.Enrollment(enrollment);
        return writer.ExecuteAsync(database => OperatorJoining.Enroll(new OperatorDocuments(database), enrollment), cancellationToken);
    }

    public Task<bool> AddAsync(OperatorRecord record, CancellationToken cancellationToken)
    {
        StoreArguments.Operator(record);
        return writer.ExecuteAsync(database => new OperatorDocuments(database).Insert(record), cancellationToken);
    }

    public Task<OperatorRecord?> GetAsync(string operatorId, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => new OperatorDocuments(database).Find(operatorId), cancellationToken);

    public Task<IReadOnlyList<OperatorRecord>> ListAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(database => new OperatorDocuments(database).List(), cancellationToken);

    public Task<bool> SetCertificateAsync(
        string operatorId, string serial, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        StoreArguments.Id(serial);
        return writer.ExecuteAsync(
            database => new OperatorDocuments(database).TrySetCertificate(operatorId, serial, notAfter), cancellationToken);
    }

    public Task<OperatorRecord?> RevokeAsync(string operatorId, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => new OperatorDocuments(database).Revoke(operatorId, at), cancellationToken);
}
