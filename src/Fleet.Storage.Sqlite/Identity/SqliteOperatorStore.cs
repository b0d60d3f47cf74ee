namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteOperatorStore(Writer writer, ReaderPool readers) : IOperatorStore
{
    public Task<OperatorEnrolmentOutcome> EnrolAsync(OperatorEnrolment enrolment, CancellationToken cancellationToken)
    {
        StoreArguments.Enrolment(enrolment);
        return writer.ExecuteAsync(connection => OperatorJoining.Enrol(new SqliteOperatorTable(connection), enrolment), cancellationToken);
    }

    public Task<bool> AddAsync(OperatorRecord record, CancellationToken cancellationToken)
    {
        StoreArguments.Operator(record);
        return writer.ExecuteAsync(connection => OperatorRows.Insert(connection, record), cancellationToken);
    }

    public Task<OperatorRecord?> GetAsync(string operatorId, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => OperatorRows.Find(connection, operatorId), cancellationToken);

    public Task<IReadOnlyList<OperatorRecord>> ListAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(OperatorRows.List, cancellationToken);

    public Task<bool> SetCertificateAsync(
        string operatorId, string serial, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        StoreArguments.Id(serial);
        return writer.ExecuteAsync(
            connection => OperatorRows.SetCertificate(connection, operatorId, serial, notAfter), cancellationToken);
    }

    public Task<OperatorRecord?> RevokeAsync(string operatorId, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => OperatorRows.Revoke(connection, operatorId, at, "was revoked"), cancellationToken);
}
