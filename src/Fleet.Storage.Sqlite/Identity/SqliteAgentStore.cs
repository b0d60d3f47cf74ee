namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteAgentStore(Writer writer, ReaderPool readers) : IAgentStore
{
    public Task<AgentEnrollmentOutcome> EnrollAsync(AgentEnrollment enrollment, CancellationToken cancellationToken)
    {
        StoreArguments.Enrollment(enrollment);
        return writer.ExecuteAsync(connection => AgentJoining.Enroll(new SqliteAgentTable(connection), enrollment), cancellationToken);
    }

    public Task<AgentRecord?> GetAsync(string agentId, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => AgentRows.Find(connection, agentId), cancellationToken);

    public Task<AgentRecord?> FindByNameAsync(string name, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => AgentRows.FindActiveByName(connection, name), cancellationToken);

    public Task<IReadOnlyList<AgentRecord>> ListAsync(bool includeRemoved, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => AgentRows.List(connection, includeRemoved), cancellationToken);

    public Task<AgentRecord?> ChangeLabelsAsync(
        string agentId,
        IReadOnlyDictionary<string, string> set,
        IReadOnlyCollection<string> remove,
        CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => ChangeLabels(connection, agentId, set, remove), cancellationToken);

    public Task<bool> SetFactsAsync(
        string agentId, IReadOnlyDictionary<string, string> facts, DateTimeOffset reportedAt, CancellationToken cancellationToken)
    {
        var text = TextMap.Write(facts); // here rather than on the writer's thread
        return writer.ExecuteAsync(
            connection => AgentRows.SetFacts(connection, agentId, text, reportedAt), cancellationToken, text.Length);
    }

    public Task<bool> RecordConnectedAsync(string agentId, string? version, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => AgentRows.SetConnected(connection, agentId, version, at), cancellationToken);

    public Task<bool> RecordDisconnectedAsync(string agentId, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => AgentRows.SetDisconnected(connection, agentId, at), cancellationToken);

    public Task<bool> SetCertificateAsync(
        string agentId, string serial, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        StoreArguments.Id(serial);
        return writer.ExecuteAsync(
            connection => AgentRows.SetCertificate(connection, agentId, serial, notAfter), cancellationToken);
    }

    public Task<IReadOnlyList<SupersededCertificate>> ListSupersededAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(AgentRows.Superseded, cancellationToken);

    public Task<IReadOnlyList<string>> RevokeSupersededAsync(
        string agentId, string usedSerial, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => AgentRows.RevokeSuperseded(connection, agentId, usedSerial, at, "renewed"), cancellationToken);

    public Task<bool> SetMachineAsync(string agentId, string? machine, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => AgentRows.SetMachine(connection, agentId, machine), cancellationToken);

    public Task<bool> SetDuplicateAsync(string agentId, DateTimeOffset? since, string? note, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => AgentRows.SetDuplicate(connection, agentId, since, note), cancellationToken);

    public Task<AgentRecord?> RemoveAsync(string agentId, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => AgentRows.Remove(connection, agentId, at, "was removed"), cancellationToken);

    private static AgentRecord? ChangeLabels(
        Connection connection, string agentId, IReadOnlyDictionary<string, string> set, IReadOnlyCollection<string> remove)
    {
        if (AgentRows.Find(connection, agentId) is not { State: AgentState.Active } agent)
            return null;
        var labels = new Dictionary<string, string>(agent.Labels, StringComparer.Ordinal);
        foreach (var name in remove)
            labels.Remove(name);
        foreach (var (name, value) in set)
            labels[name] = value;
        AgentRows.SetLabels(connection, agentId, labels);
        return agent with { Labels = labels };
    }
}
