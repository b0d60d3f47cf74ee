namespace Fleet.Storage;

/// <summary>What joining asks of a provider's operators and tokens, within one transaction.</summary>
internal interface IOperatorTable
{
    TokenRecord? FindToken(byte[] secretHash);

    void CountUse(string tokenId);

    OperatorRecord? Find(string id);

    OperatorRecord? FindByEnrollment(string enrollmentId);

    OperatorRecord? FindActiveByName(string name);

    /// <summary>Shuts the operator out and revokes the certificate; null if not active.</summary>
    OperatorRecord? Revoke(string id, DateTimeOffset at, string reason);

    void SetCertificate(string id, string serial, DateTimeOffset notAfter);

    /// <summary>False if the id, the name or the enrollment id is taken.</summary>
    bool Insert(OperatorRecord record);
}

/// <summary>Whether and how an operator joins; the same answer from every provider, and the same order of questions as for agents.</summary>
internal static class OperatorJoining
{
    public static OperatorEnrollmentOutcome Enroll(IOperatorTable operators, OperatorEnrollment asked)
    {
        var token = operators.FindToken(asked.TokenHash);
        var refusal = TokenUse.Judge(token, TokenKind.Operator, asked.At);
        if (token is null || refusal != EnrollmentRefusal.None)
            return new OperatorEnrollmentOutcome(refusal);
        if (operators.FindByEnrollment(asked.EnrollmentId) is { } known)
            return EnrollAgain(operators, asked, known, token);
        refusal = TokenUse.JudgeUses(token);
        if (refusal != EnrollmentRefusal.None)
            return new OperatorEnrollmentOutcome(refusal);

        var holder = operators.FindActiveByName(asked.Name);
        if (holder is not null && !token.AllowReplace)
            return new OperatorEnrollmentOutcome(EnrollmentRefusal.NameTaken);
        if (operators.Find(asked.OperatorId) is not null)
            throw new ArgumentException($"the operator id {asked.OperatorId} is taken: choose another", nameof(asked));
        if (holder is not null)
            holder = operators.Revoke(holder.Id, asked.At, "was replaced");
        operators.CountUse(token.Id);
        var record = NewOperator(asked, token);
        return operators.Insert(record)
            ? new OperatorEnrollmentOutcome(EnrollmentRefusal.None, record, Replaced: holder)
            : throw new ArgumentException($"the operator {asked.Name} cannot be added: its id, its name or its enrollment is taken", nameof(asked));
    }

    private static OperatorEnrollmentOutcome EnrollAgain(
        IOperatorTable operators, OperatorEnrollment asked, OperatorRecord known, TokenRecord token)
    {
        if (known.State != OperatorState.Active || known.EnrolledByToken != token.Id)
            return new OperatorEnrollmentOutcome(EnrollmentRefusal.EnrollmentTaken);
        operators.SetCertificate(known.Id, asked.CertificateSerial, asked.CertificateNotAfter);
        return new OperatorEnrollmentOutcome(EnrollmentRefusal.None, operators.Find(known.Id), Repeated: true);
    }

    private static OperatorRecord NewOperator(OperatorEnrollment asked, TokenRecord token) => new()
    {
        Id = asked.OperatorId,
        Name = asked.Name,
        Role = token.Role ?? OperatorRole.Viewer,
        CertificateSerial = asked.CertificateSerial,
        CertificateNotAfter = asked.CertificateNotAfter,
        CreatedAt = asked.At,
        EnrollmentId = asked.EnrollmentId,
        EnrolledByToken = token.Id,
    };
}
