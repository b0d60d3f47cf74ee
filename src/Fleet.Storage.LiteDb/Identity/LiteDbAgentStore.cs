namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbAgentStore(LiteDbWriter writer, LiteDbReaders readers) : IAgentStore
{
    public Task<AgentEnrollmentOutcome> EnrollAsync(AgentEnrollment enrollment, CancellationToken cancellationToken)
    {
        StoreArguments.Enrollment(enrollment);
        return writer.ExecuteAsync(database => AgentJoining.Enroll(new AgentDocuments(database), enrollment), cancellationToken);
    }

    public Task<AgentRecord?> GetAsync(string agentId, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => new AgentDocuments(database).Find(agentId), cancellationToken);

    public Task<AgentRecord?> FindByNameAsync(string name, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => new AgentDocuments(database).FindActiveByName(name), cancellationToken);

    public Task<IReadOnlyList<AgentRecord>> ListAsync(bool includeRemoved, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => new AgentDocuments(database).List(includeRemoved), cancellationToken);

    public Task<AgentRecord?> ChangeLabelsAsync(
        string agentId,
        IReadOnlyDictionary<string, string> set,
        IReadOnlyCollection<string> remove,
        CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => ChangeLabels(database, agentId, set, remove), cancellationToken);

    public Task<bool> SetFactsAsync(
        string agentId, IReadOnlyDictionary<string, string> facts, DateTimeOffset reportedAt, CancellationToken cancellationToken)
    {
        var text = TextMap.Write(facts); // here rather than on the writer's thread
        return writer.ExecuteAsync(
            database => new AgentDocuments(database).SetFacts(agentId, text, reportedAt), cancellationToken, text.Length);
    }

    public Task<bool> RecordConnectedAsync(string agentId, string? version, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => new AgentDocuments(database).SetConnected(agentId, version, at), cancellationToken);

    public Task<bool> RecordDisconnectedAsync(string agentId, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => new AgentDocuments(database).SetDisconnected(agentId, at), cancellationToken);

    public Task<bool> SetCertificateAsync(
        string agentId, string serial, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        StoreArguments.Id(serial);
        return writer.ExecuteAsync(
            database => new AgentDocuments(database).TrySetCertificate(agentId, serial, notAfter), cancellationToken);
    }

    public Task<IReadOnlyList<SupersededCertificate>> ListSupersededAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(database => new AgentDocuments(database).Superseded(), cancellationToken);

    public Task<IReadOnlyList<string>> RevokeSupersededAsync(
        string agentId, string usedSerial, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => new AgentDocuments(database).RevokeSuperseded(agentId, usedSerial, at, "renewed"), cancellationToken);

    public Task<bool> SetMachineAsync(string agentId, string? machine, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => new AgentDocuments(database).SetMachine(agentId, machine), cancellationToken);

    public Task<bool> SetDuplicateAsync(string agentId, DateTimeOffset? since, string? note, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => new AgentDocuments(database).SetDuplicate(agentId, since, note), cancellationToken);

    public Task<AgentRecord?> RemoveAsync(string agentId, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => new AgentDocuments(database).Remove(agentId, at), cancellationToken);

    private static AgentRecord? ChangeLabels(
        Database database, string agentId, IReadOnlyDictionary<string, string> set, IReadOnlyCollection<string> remove)
    {
        if (new AgentDocuments(database).Find(agentId) is not { State: AgentState.Active } agent)
            return null;
        var labels = new Dictionary<string, string>(agent.Labels, StringComparer.Ordinal);
        foreach (var name in remove)
            labels.Remove(name);
        foreach (var (name, value) in set)
            labels[name] = value;
        new AgentDocuments(database).SetLabels(agentId, labels);
        return agent with { Labels = labels };
    }
}
