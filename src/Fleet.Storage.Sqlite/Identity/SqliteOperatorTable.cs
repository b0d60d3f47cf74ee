namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteOperatorTable(Connection connection) : IOperatorTable
{
    public TokenRecord? FindToken(byte[] secretHash) => TokenRows.FindByHash(connection, secretHash);

    public void CountUse(string tokenId) => TokenRows.CountUse(connection, tokenId);

    public OperatorRecord? Find(string id) => OperatorRows.Find(connection, id);

    public OperatorRecord? FindByEnrollment(string enrollmentId) => OperatorRows.FindByEnrollment(connection, enrollmentId);

    public OperatorRecord? FindActiveByName(string name) => OperatorRows.FindActiveByName(connection, name);

    public OperatorRecord? Revoke(string id, DateTimeOffset at, string reason) => OperatorRows.Revoke(connection, id, at, reason);

    public void SetCertificate(string id, string serial, DateTimeOffset notAfter) => OperatorRows.SetCertificate(connection, id, serial, notAfter);

    public bool Insert(OperatorRecord record) => OperatorRows.Insert(connection, record);
}
