namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteAgentTable(Connection connection) : IAgentTable
{
    public TokenRecord? FindToken(byte[] secretHash) => TokenRows.FindByHash(connection, secretHash);

    public void CountUse(string tokenId) => TokenRows.CountUse(connection, tokenId);

    public AgentRecord? Find(string id) => AgentRows.Find(connection, id);

    public AgentRecord? FindByEnrollment(string enrollmentId) => AgentRows.FindByEnrollment(connection, enrollmentId);

    public AgentRecord? FindActiveByName(string name) => AgentRows.FindActiveByName(connection, name);

    public AgentRecord? Remove(string id, DateTimeOffset at, string reason) => AgentRows.Remove(connection, id, at, reason);

    public void SetCertificate(string id, string serial, DateTimeOffset notAfter) => AgentRows.SetCertificate(connection, id, serial, notAfter);

    public bool Insert(AgentRecord agent) => AgentRows.Insert(connection, agent);
}
