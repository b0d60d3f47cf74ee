namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the table <c>agents</c>.</summary>
internal static class AgentRows
{
    private const string Select =
        """
        SELECT id, name, enrollment_id, state, labels, facts, facts_at, certificate_serial, certificate_not_after,
            enrolled_at, enrolled_by_token, last_connected_at, last_disconnected_at, version,
            machine, duplicate_at, duplicate_note
        FROM agents
        """;

    /// <summary>Names are unique in this form.</summary>
    public static string NameKey(string name) => name.ToLowerInvariant();

    public static AgentRecord? Find(Connection connection, string id) => FindOne(connection, $"{Select} WHERE id = ?", id);

    public static AgentRecord? FindByEnrollment(Connection connection, string enrollmentId) =>
        FindOne(connection, $"{Select} WHERE enrollment_id = ?", enrollmentId);

    public static AgentRecord? FindActiveByName(Connection connection, string name) =>
        FindOne(connection, $"{Select} WHERE name_key = ? AND state = 0", NameKey(name));

    public static IReadOnlyList<AgentRecord> List(Connection connection, bool includeRemoved)
    {
        using var rows = connection.Use($"{Select} WHERE state <= ? ORDER BY name_key, enrolled_at, id").With(includeRemoved ? 1 : 0);
        var agents = new List<AgentRecord>();
        while (rows.Next())
            agents.Add(Read(rows));
        return agents;
    }

    /// <summary>False if the id, the name or the enrollment id is taken.</summary>
    public static bool Insert(Connection connection, AgentRecord agent)
    {
        using var insert = connection.Use(
            """
            INSERT INTO agents
                (id, name, name_key, enrollment_id, state, labels, facts, certificate_serial, certificate_not_after,
                enrolled_at, enrolled_by_token, version, machine)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """);
        return insert
            .With(agent.Id).With(agent.Name).With(NameKey(agent.Name)).With(agent.EnrollmentId).With((int)agent.State)
            .With(TextMap.Write(agent.Labels)).With(TextMap.Write(agent.Facts))
            .With(agent.CertificateSerial).With(agent.CertificateNotAfter)
            .With(agent.EnrolledAt).With(agent.EnrolledByToken).With(agent.Version).With(agent.Machine)
            .Run() > 0;
    }

    public static bool SetCertificate(Connection connection, string id, string serial, DateTimeOffset notAfter)
    {
        using (var keep = connection.Use(
            """
            INSERT INTO superseded_certificates (serial, agent_id, not_after)
            SELECT certificate_serial, id, certificate_not_after FROM agents WHERE id = ? AND state = 0
            ON CONFLICT DO NOTHING
            """))
            keep.With(id).Run();
        using var update = connection.Use(
            "UPDATE agents SET certificate_serial = ?, certificate_not_after = ? WHERE id = ? AND state = 0");
        return update.With(serial).With(notAfter).With(id).Run() > 0;
    }

    public static IReadOnlyList<SupersededCertificate> Superseded(Connection connection)
    {
        using var rows = connection.Use("SELECT agent_id, serial, not_after FROM superseded_certificates");
        var certificates = new List<SupersededCertificate>();
        while (rows.Next())
            certificates.Add(new SupersededCertificate(rows.Text(), rows.Text(), rows.Time()));
        return certificates;
    }

    /// <summary>Revokes what was superseded; returns the serials.</summary>
    public static IReadOnlyList<string> RevokeSuperseded(Connection connection, string id, string usedSerial, DateTimeOffset at, string reason)
    {
        var ended = new List<(string Serial, DateTimeOffset NotAfter)>();
        using (var rows = connection.Use("DELETE FROM superseded_certificates WHERE agent_id = ? AND serial <> ? COLLATE NOCASE RETURNING serial, not_after")
            .With(id).With(usedSerial))
        {
            while (rows.Next())
                ended.Add((rows.Text(), rows.Time()));
        }

        foreach (var (serial, notAfter) in ended)
            RevocationRows.Insert(connection, new RevocationRecord(serial, notAfter, at, reason));
        return [.. ended.Select(certificate => certificate.Serial)];
    }

    public static bool SetMachine(Connection connection, string id, string? machine)
    {
        using var update = connection.Use("UPDATE agents SET machine = ? WHERE id = ? AND state = 0");
        return update.With(machine).With(id).Run() > 0;
    }

    public static bool SetDuplicate(Connection connection, string id, DateTimeOffset? since, string? note)
    {
        using var update = connection.Use("UPDATE agents SET duplicate_at = ?, duplicate_note = ? WHERE id = ? AND state = 0");
        return update.With(since).With(note).With(id).Run() > 0;
    }

    public static void SetLabels(Connection connection, string id, IReadOnlyDictionary<string, string> labels)
    {
        using var update = connection.Use("UPDATE agents SET labels = ? WHERE id = ?");
        update.With(TextMap.Write(labels)).With(id).Run();
    }

    /// <summary>False if the agent is not active; older facts than those stored are dropped and leave true.</summary>
    public static bool SetFacts(Connection connection, string id, string facts, DateTimeOffset reportedAt)
    {
        using var update = connection.Use(
            """
            UPDATE agents SET
                facts = CASE WHEN coalesce(facts_at, ?2) <= ?2 THEN ?1 ELSE facts END,
                facts_at = max(coalesce(facts_at, ?2), ?2)
            WHERE id = ?3 AND state = 0
            """);
        return update.With(facts).With(reportedAt).With(id).Run() > 0;
    }

    public static bool SetConnected(Connection connection, string id, string? version, DateTimeOffset at)
    {
        using var update = connection.Use(
            "UPDATE agents SET last_connected_at = ?, version = coalesce(?, version) WHERE id = ? AND state = 0");
        return update.With(at).With(version).With(id).Run() > 0;
    }

    public static bool SetDisconnected(Connection connection, string id, DateTimeOffset at)
    {
        using var update = connection.Use("UPDATE agents SET last_disconnected_at = ? WHERE id = ?");
        return update.With(at).With(id).Run() > 0;
    }

    /// <summary>Takes the agent out of the fleet and revokes its certificate; null if it is not active.</summary>
    public static AgentRecord? Remove(Connection connection, string id, DateTimeOffset at, string reason)
    {
        using (var update = connection.Use("UPDATE agents SET state = 1 WHERE id = ? AND state = 0"))
        {
            if (update.With(id).Run() == 0)
                return null;
        }

        var agent = Find(connection, id)!;
        RevokeSuperseded(connection, id, "", at, $"agent {agent.Name} {reason}");
        AssignmentRows.DeleteOfAgent(connection, id);
        RevocationRows.Insert(
            connection, new RevocationRecord(agent.CertificateSerial, agent.CertificateNotAfter, at, $"agent {agent.Name} {reason}"));
        return agent;
    }

    private static AgentRecord? FindOne(Connection connection, string sql, string value)
    {
        using var row = connection.Use(sql).With(value);
        return row.Next() ? Read(row) : null;
    }

    private static AgentRecord Read(Statement row) => new()
    {
        Id = row.Text(),
        Name = row.Text(),
        EnrollmentId = row.Text(),
        State = (AgentState)row.Int(),
        Labels = TextMap.Read(row.Raw()),
        Facts = TextMap.Read(row.Raw()),
        FactsReportedAt = row.TimeOrNull(),
        CertificateSerial = row.Text(),
        CertificateNotAfter = row.Time(),
        EnrolledAt = row.Time(),
        EnrolledByToken = row.Text(),
        LastConnectedAt = row.TimeOrNull(),
        LastDisconnectedAt = row.TimeOrNull(),
        Version = row.TextOrNull(),
        Machine = row.TextOrNull(),
        DuplicateSince = row.TimeOrNull(),
        DuplicateNote = row.TextOrNull(),
    };
}
