namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteOperatorStore(Writer writer, ReaderPool readers) : IOperatorStore
{
    public Task<OperatorEnrollmentOutcome> EnrollAsync(OperatorEnrollment enrollment, CancellationToken cancellationToken)
    {
        StoreArguments.Enrollment(enrollment);
        return writer.ExecuteAsync(connection => OperatorJoining.Enroll(new SqliteOperatorTable(connection), enrollment), cancellationToken);
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
