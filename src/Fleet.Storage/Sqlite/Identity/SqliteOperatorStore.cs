namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteOperatorStore(Writer writer, ReaderPool readers) : IOperatorStore
{
    public Task<OperatorEnrolmentOutcome> EnrolAsync(OperatorEnrolment enrolment, CancellationToken cancellationToken)
    {
        Door.Id(enrolment.OperatorId);
        Door.Id(enrolment.EnrolmentId);
        Door.Id(enrolment.Name);
        Door.Id(enrolment.CertificateSerial);
        return writer.ExecuteAsync(connection => Enrol(connection, enrolment), cancellationToken);
    }

    public Task<bool> AddAsync(OperatorRecord record, CancellationToken cancellationToken)
    {
        Door.Id(record.Id);
        Door.Id(record.EnrolmentId);
        Door.Id(record.Name);
        Door.Id(record.CertificateSerial);
        return writer.ExecuteAsync(connection => OperatorRows.Insert(connection, record), cancellationToken);
    }

    public Task<OperatorRecord?> GetAsync(string operatorId, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => OperatorRows.Find(connection, operatorId), cancellationToken);

    public Task<IReadOnlyList<OperatorRecord>> ListAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(OperatorRows.List, cancellationToken);

    public Task<bool> SetCertificateAsync(
        string operatorId, string serial, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        Door.Id(serial);
        return writer.ExecuteAsync(
            connection => OperatorRows.SetCertificate(connection, operatorId, serial, notAfter), cancellationToken);
    }

    public Task<OperatorRecord?> RevokeAsync(string operatorId, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => OperatorRows.Revoke(connection, operatorId, at, "was revoked"), cancellationToken);

    // The same order of questions as for agents.
    private static OperatorEnrolmentOutcome Enrol(Connection connection, OperatorEnrolment asked)
    {
        var token = TokenRows.FindByHash(connection, asked.TokenHash);
        var refusal = TokenUse.Judge(token, TokenKind.Operator, asked.At);
        if (token is null || refusal != EnrolmentRefusal.None)
            return new OperatorEnrolmentOutcome(refusal);

        if (OperatorRows.FindByEnrolment(connection, asked.EnrolmentId) is { } known)
            return EnrolAgain(connection, asked, known, token);

        refusal = TokenUse.JudgeUses(token);
        if (refusal != EnrolmentRefusal.None)
            return new OperatorEnrolmentOutcome(refusal);

        var holder = OperatorRows.FindActiveByName(connection, asked.Name);
        if (holder is not null && !token.AllowReplace)
            return new OperatorEnrolmentOutcome(EnrolmentRefusal.NameTaken);
        if (holder is not null)
            holder = OperatorRows.Revoke(connection, holder.Id, asked.At, "was replaced");

        TokenRows.CountUse(connection, token.Id);
        var record = NewOperator(asked, token);
        return OperatorRows.Insert(connection, record)
            ? new OperatorEnrolmentOutcome(EnrolmentRefusal.None, record, Replaced: holder)
            : throw new ArgumentException($"the operator id {asked.OperatorId} is taken: choose another", nameof(asked));
    }

    private static OperatorEnrolmentOutcome EnrolAgain(
        Connection connection, OperatorEnrolment asked, OperatorRecord known, TokenRecord token)
    {
        if (known.State != OperatorState.Active || known.EnrolledByToken != token.Id)
            return new OperatorEnrolmentOutcome(EnrolmentRefusal.EnrolmentTaken);
        OperatorRows.SetCertificate(connection, known.Id, asked.CertificateSerial, asked.CertificateNotAfter);
        return new OperatorEnrolmentOutcome(EnrolmentRefusal.None, OperatorRows.Find(connection, known.Id), Repeated: true);
    }

    private static OperatorRecord NewOperator(OperatorEnrolment asked, TokenRecord token) => new()
    {
        Id = asked.OperatorId,
        Name = asked.Name,
        Role = token.Role ?? OperatorRole.Viewer,
        CertificateSerial = asked.CertificateSerial,
        CertificateNotAfter = asked.CertificateNotAfter,
        CreatedAt = asked.At,
        EnrolmentId = asked.EnrolmentId,
        EnrolledByToken = token.Id,
    };
}
