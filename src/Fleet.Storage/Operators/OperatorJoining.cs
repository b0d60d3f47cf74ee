namespace Fleet.Storage;

/// <summary>What joining asks of a provider's operators and tokens, within one transaction.</summary>
internal interface IOperatorTable
{
    TokenRecord? FindToken(byte[] secretHash);

    void CountUse(string tokenId);

    OperatorRecord? Find(string id);

    OperatorRecord? FindByEnrolment(string enrolmentId);

    OperatorRecord? FindActiveByName(string name);

    /// <summary>Shuts the operator out and revokes the certificate; null if not active.</summary>
    OperatorRecord? Revoke(string id, DateTimeOffset at, string reason);

    void SetCertificate(string id, string serial, DateTimeOffset notAfter);

    /// <summary>False if the id, the name or the enrolment id is taken.</summary>
    bool Insert(OperatorRecord record);
}

/// <summary>Whether and how an operator joins; the same answer from every provider, and the same order of questions as for agents.</summary>
internal static class OperatorJoining
{
    public static OperatorEnrolmentOutcome Enrol(IOperatorTable operators, OperatorEnrolment asked)
    {
        var token = operators.FindToken(asked.TokenHash);
        var refusal = TokenUse.Judge(token, TokenKind.Operator, asked.At);
        if (token is null || refusal != EnrolmentRefusal.None)
            return new OperatorEnrolmentOutcome(refusal);
        if (operators.FindByEnrolment(asked.EnrolmentId) is { } known)
            return EnrolAgain(operators, asked, known, token);
        refusal = TokenUse.JudgeUses(token);
        if (refusal != EnrolmentRefusal.None)
            return new OperatorEnrolmentOutcome(refusal);

        var holder = operators.FindActiveByName(asked.Name);
        if (holder is not null && !token.AllowReplace)
            return new OperatorEnrolmentOutcome(EnrolmentRefusal.NameTaken);
        if (operators.Find(asked.OperatorId) is not null)
            throw new ArgumentException($"the operator id {asked.OperatorId} is taken: choose another", nameof(asked));
        if (holder is not null)
            holder = operators.Revoke(holder.Id, asked.At, "was replaced");
        operators.CountUse(token.Id);
        var record = NewOperator(asked, token);
        return operators.Insert(record)
            ? new OperatorEnrolmentOutcome(EnrolmentRefusal.None, record, Replaced: holder)
            : throw new ArgumentException($"the operator {asked.Name} cannot be added: its id, its name or its enrolment is taken", nameof(asked));
    }

    private static OperatorEnrolmentOutcome EnrolAgain(
        IOperatorTable operators, OperatorEnrolment asked, OperatorRecord known, TokenRecord token)
    {
        if (known.State != OperatorState.Active || known.EnrolledByToken != token.Id)
            return new OperatorEnrolmentOutcome(EnrolmentRefusal.EnrolmentTaken);
        operators.SetCertificate(known.Id, asked.CertificateSerial, asked.CertificateNotAfter);
        return new OperatorEnrolmentOutcome(EnrolmentRefusal.None, operators.Find(known.Id), Repeated: true);
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
