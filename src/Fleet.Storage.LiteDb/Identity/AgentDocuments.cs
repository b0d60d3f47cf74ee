using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collections <c>agents</c> and <c>superseded</c> (certificates that were renewed), in one transaction.</summary>
internal sealed class AgentDocuments(Database database) : IAgentTable
{
    private const string Removed = "was removed";

    public TokenRecord? FindToken(byte[] secretHash) => TokenDocuments.FindByHash(database, secretHash);

    public void CountUse(string tokenId) => TokenDocuments.CountUse(database, tokenId);

    public AgentRecord? Find(string id) => Read(database.Find(Collections.Agents, id));

    public AgentRecord? FindByEnrollment(string enrollmentId) => Read(database.FindBy(Collections.Agents, "enrollment", enrollmentId));

    public AgentRecord? FindActiveByName(string name) => Read(database.FindBy(Collections.Agents, "name_key", NameKey(name)));

    public IReadOnlyList<AgentRecord> List(bool includeRemoved) =>
    [
        .. database.All(Collections.Agents).Select(Read).OfType<AgentRecord>()
            .Where(agent => includeRemoved || agent.State == AgentState.Active)
            .OrderBy(agent => NameKey(agent.Name), StringComparer.Ordinal)
            .ThenBy(agent => agent.EnrolledAt).ThenBy(agent => agent.Id, StringComparer.Ordinal),
    ];

    public bool Insert(AgentRecord agent)
    {
        if (Find(agent.Id) is not null || FindByEnrollment(agent.EnrollmentId) is not null || FindActiveByName(agent.Name) is not null)
            return false;
        database.Insert(Collections.Agents, ToDocument(agent));
        database.State.Grow();
        return true;
    }

    public void SetCertificate(string id, string serial, DateTimeOffset notAfter) => TrySetCertificate(id, serial, notAfter);

    /// <summary>False if the agent is not active. The certificate before is kept as superseded.</summary>
    public bool TrySetCertificate(string id, string serial, DateTimeOffset notAfter)
    {
        var isActive = Change(id, agent =>
        {
            var old = agent["serial"];
            if (database.Find(Collections.Superseded, old) is null)
                database.Insert(Collections.Superseded, new BsonDocument { ["_id"] = old, ["agent"] = id, ["not_after"] = agent["not_after"] });
            agent["serial"] = serial;
            agent["not_after"] = Field.Of(notAfter);
        });
        if (isActive)
            database.State.Grow();
        return isActive;
    }

    public IReadOnlyList<SupersededCertificate> Superseded() =>
    [
        .. database.All(Collections.Superseded)
            .Select(it => new SupersededCertificate(it["agent"].AsString, it["_id"].AsString, it["not_after"].Time())),
    ];

    /// <summary>Revokes what was superseded; returns the serials.</summary>
    public IReadOnlyList<string> RevokeSuperseded(string id, string usedSerial, DateTimeOffset at, string reason)
    {
        var ended = database.Equal(Collections.Superseded, "agent", id)
            .Where(it => !it["_id"].AsString.Equals(usedSerial, StringComparison.OrdinalIgnoreCase)).ToList();
        foreach (var certificate in ended)
        {
            database.Delete(Collections.Superseded, certificate["_id"]);
            RevocationDocuments.Insert(database, new RevocationRecord(certificate["_id"].AsString, certificate["not_after"].Time(), at, reason));
        }

        return [.. ended.Select(certificate => certificate["_id"].AsString)];
    }

    public bool SetMachine(string id, string? machine) => Change(id, agent => agent["machine"] = Field.Of(machine));

    public bool SetDuplicate(string id, DateTimeOffset? since, string? note) => Change(id, agent =>
    {
        agent["duplicate"] = Field.Of(since);
        agent["duplicate_note"] = Field.Of(note);
    });

    public bool SetLabels(string id, IReadOnlyDictionary<string, string> labels) => Change(id, agent => agent["labels"] = Field.OfMap(labels));

    /// <summary>False if the agent is not active; older facts than those stored are dropped and leave true.</summary>
    public bool SetFacts(string id, string facts, DateTimeOffset reportedAt) => Change(id, agent =>
    {
        if (agent["facts_at"].TimeOrNull() > reportedAt)
            return;
        agent["facts"] = facts;
        agent["facts_at"] = Field.Of(reportedAt);
    });

    public bool SetConnected(string id, string? version, DateTimeOffset at) => Change(id, agent =>
    {
        agent["connected"] = Field.Of(at);
        if (version is not null)
            agent["version"] = Field.Of(version);
    });

    public bool SetDisconnected(string id, DateTimeOffset at)
    {
        if (database.Find(Collections.Agents, id) is not { } agent)
            return false;
        agent["disconnected"] = Field.Of(at);
        database.Update(Collections.Agents, agent);
        return true;
    }

    public AgentRecord? Remove(string id, DateTimeOffset at) => Remove(id, at, Removed);

    public AgentRecord? Remove(string id, DateTimeOffset at, string reason)
    {
        var isActive = Change(id, document =>
        {
            document["state"] = (int)AgentState.Removed;
            SetIndexed(document);
        });
        if (!isActive)
            return null;
        database.State.Grow();
        var agent = Find(id)!;
        RevokeSuperseded(id, "", at, $"agent {agent.Name} {reason}");
        AssignmentDocuments.DeleteOfAgent(database, id);
        RevocationDocuments.Insert(
            database, new RevocationRecord(agent.CertificateSerial, agent.CertificateNotAfter, at, $"agent {agent.Name} {reason}"));
        return agent;
    }

    /// <summary>Names are unique in this form.</summary>
    public static string NameKey(string name) => name.ToLowerInvariant();

    /// <summary>What the field that is there for the index must be: only the names of active ones are unique.</summary>
    public static void SetIndexed(BsonDocument agent) =>
        agent["name_key"] = agent["state"].AsInt32 == (int)AgentState.Active ? NameKey(agent["name"].AsString) : BsonValue.Null;

    // False if the agent is not active.
    private bool Change(string id, Action<BsonDocument> change)
    {
        if (database.Find(Collections.Agents, id) is not { } agent || agent["state"].AsInt32 != (int)AgentState.Active)
            return false;
        change(agent);
        database.Update(Collections.Agents, agent);
        return true;
    }

    private static BsonDocument ToDocument(AgentRecord agent)
    {
        var document = Fields(agent);
        SetIndexed(document);
        return document;
    }

    private static BsonDocument Fields(AgentRecord agent) => new()
    {
        ["_id"] = agent.Id,
        ["name"] = agent.Name,
        ["enrollment"] = agent.EnrollmentId,
        ["state"] = (int)agent.State,
        ["labels"] = Field.OfMap(agent.Labels),
        ["facts"] = Field.OfMap(agent.Facts),
        ["facts_at"] = Field.Of(agent.FactsReportedAt),
        ["serial"] = agent.CertificateSerial,
        ["not_after"] = Field.Of(agent.CertificateNotAfter),
        ["enrolled"] = Field.Of(agent.EnrolledAt),
        ["token"] = agent.EnrolledByToken,
        ["connected"] = Field.Of(agent.LastConnectedAt),
        ["disconnected"] = Field.Of(agent.LastDisconnectedAt),
        ["version"] = Field.Of(agent.Version),
        ["machine"] = Field.Of(agent.Machine),
        ["duplicate"] = Field.Of(agent.DuplicateSince),
        ["duplicate_note"] = Field.Of(agent.DuplicateNote),
    };

    private static AgentRecord? Read(BsonDocument? document) => document is null
        ? null
        : new AgentRecord
        {
            Id = document["_id"].AsString,
            Name = document["name"].AsString,
            EnrollmentId = document["enrollment"].AsString,
            State = (AgentState)document["state"].AsInt32,
            Labels = document["labels"].Map(),
            Facts = document["facts"].Map(),
            FactsReportedAt = document["facts_at"].TimeOrNull(),
            CertificateSerial = document["serial"].AsString,
            CertificateNotAfter = document["not_after"].Time(),
            EnrolledAt = document["enrolled"].Time(),
            EnrolledByToken = document["token"].AsString,
            LastConnectedAt = document["connected"].TimeOrNull(),
            LastDisconnectedAt = document["disconnected"].TimeOrNull(),
            Version = document["version"].TextOrNull(),
            Machine = document["machine"].TextOrNull(),
            DuplicateSince = document["duplicate"].TimeOrNull(),
            DuplicateNote = document["duplicate_note"].TextOrNull(),
        };
}
