namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the table <c>operators</c>.</summary>
internal static class OperatorRows
{
    private const string Select =
        """
        SELECT id, name, role, state, certificate_serial, certificate_not_after, created_at, enrollment_id, enrolled_by_token
        FROM operators
        """;

    public static OperatorRecord? Find(Connection connection, string id) => FindOne(connection, $"{Select} WHERE id = ?", id);

    public static OperatorRecord? FindByEnrollment(Connection connection, string enrollmentId) =>
        FindOne(connection, $"{Select} WHERE enrollment_id = ?", enrollmentId);

    public static OperatorRecord? FindActiveByName(Connection connection, string name) =>
        FindOne(connection, $"{Select} WHERE name_key = ? AND state = 0", AgentRows.NameKey(name));

    public static IReadOnlyList<OperatorRecord> List(Connection connection)
    {
        using var rows = connection.Use($"{Select} ORDER BY name_key, created_at, id");
        var operators = new List<OperatorRecord>();
        while (rows.Next())
            operators.Add(Read(rows));
        return operators;
    }

    /// <summary>False if the id, the name or the enrollment id is taken.</summary>
    public static bool Insert(Connection connection, OperatorRecord record)
    {
        using var insert = connection.Use(
            """
            INSERT INTO operators
                (id, name, name_key, role, state, certificate_serial, certificate_not_after, created_at, enrollment_id, enrolled_by_token)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """);
        return insert
            .With(record.Id).With(record.Name).With(AgentRows.NameKey(record.Name)).With((int)record.Role).With((int)record.State)
            .With(record.CertificateSerial).With(record.CertificateNotAfter).With(record.CreatedAt)
            .With(record.EnrollmentId).With(record.EnrolledByToken)
            .Run() > 0;
    }

    public static bool SetCertificate(Connection connection, string id, string serial, DateTimeOffset notAfter)
    {
        using var update = connection.Use(
            "UPDATE operators SET certificate_serial = ?, certificate_not_after = ? WHERE id = ? AND state = 0");
        return update.With(serial).With(notAfter).With(id).Run() > 0;
    }

    /// <summary>Shuts the operator out and revokes the certificate; null if not active.</summary>
    public static OperatorRecord? Revoke(Connection connection, string id, DateTimeOffset at, string reason)
    {
        using (var update = connection.Use("UPDATE operators SET state = 1 WHERE id = ? AND state = 0"))
        {
            if (update.With(id).Run() == 0)
                return null;
        }

        var record = Find(connection, id)!;
        RevocationRows.Insert(
            connection,
            new RevocationRecord(record.CertificateSerial, record.CertificateNotAfter, at, $"operator {record.Name} {reason}"));
        return record;
    }

    private static OperatorRecord? FindOne(Connection connection, string sql, string value)
    {
        using var row = connection.Use(sql).With(value);
        return row.Next() ? Read(row) : null;
    }

    private static OperatorRecord Read(Statement row) => new()
    {
        Id = row.Text(),
        Name = row.Text(),
        Role = (OperatorRole)row.Int(),
        State = (OperatorState)row.Int(),
        CertificateSerial = row.Text(),
        CertificateNotAfter = row.Time(),
        CreatedAt = row.Time(),
        EnrollmentId = row.Text(),
        EnrolledByToken = row.TextOrNull(),
    };
}
