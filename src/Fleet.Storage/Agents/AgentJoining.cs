namespace Fleet.Storage;

/// <summary>What joining asks of a provider's agents and tokens, within one transaction.</summary>
internal interface IAgentTable
{
    TokenRecord? FindToken(byte[] secretHash);

    void CountUse(string tokenId);

    AgentRecord? Find(string id);

    AgentRecord? FindByEnrollment(string enrollmentId);

    AgentRecord? FindActiveByName(string name);

    /// <summary>Takes the agent out of the fleet and revokes its certificates; null if it is not active.</summary>
    AgentRecord? Remove(string id, DateTimeOffset at, string reason);

    void SetCertificate(string id, string serial, DateTimeOffset notAfter);

    /// <summary>False if the id, the name or the enrollment id is taken.</summary>
    bool Insert(AgentRecord agent);
}

/// <summary>Whether and how an agent joins; the same answer from every provider.</summary>
internal static class AgentJoining
{
    public static AgentEnrollmentOutcome Enroll(IAgentTable agents, AgentEnrollment asked)
    {
        var token = agents.FindToken(asked.TokenHash);
        var refusal = TokenUse.Judge(token, TokenKind.Agent, asked.At);
        if (token is null || refusal != EnrollmentRefusal.None)
            return new AgentEnrollmentOutcome(refusal);
        if (agents.FindByEnrollment(asked.EnrollmentId) is { } known)
            return EnrollAgain(agents, asked, known, token);
        refusal = TokenUse.JudgeUses(token);
        if (refusal != EnrollmentRefusal.None)
            return new AgentEnrollmentOutcome(refusal);

        var holder = agents.FindActiveByName(asked.Name);
        if (holder is not null && !token.AllowReplace)
            return new AgentEnrollmentOutcome(EnrollmentRefusal.NameTaken);
        if (agents.Find(asked.AgentId) is not null)
            throw new ArgumentException($"the agent id {asked.AgentId} is taken: choose another", nameof(asked));
        if (holder is not null)
            holder = agents.Remove(holder.Id, asked.At, "was replaced");
        agents.CountUse(token.Id);
        var agent = NewAgent(asked, token);
        return agents.Insert(agent)
            ? new AgentEnrollmentOutcome(EnrollmentRefusal.None, agent, Replaced: holder)
            : throw new ArgumentException($"the agent {asked.Name} cannot be added: its id, its name or its enrollment is taken", nameof(asked));
    }

    // The reply to the first request was lost, or the agent died before it stored it. Another token proves nothing about this
    // agent: whoever holds it and learns an enrollment id must not get a certificate in the agent's place.
    private static AgentEnrollmentOutcome EnrollAgain(IAgentTable agents, AgentEnrollment asked, AgentRecord known, TokenRecord token)
    {
        if (known.State != AgentState.Active || known.EnrolledByToken != token.Id)
            return new AgentEnrollmentOutcome(EnrollmentRefusal.EnrollmentTaken);
        agents.SetCertificate(known.Id, asked.CertificateSerial, asked.CertificateNotAfter);
        return new AgentEnrollmentOutcome(EnrollmentRefusal.None, agents.Find(known.Id), Repeated: true);
    }

    private static AgentRecord NewAgent(AgentEnrollment asked, TokenRecord token)
    {
        var labels = new Dictionary<string, string>(asked.Labels, StringComparer.Ordinal);
        foreach (var (name, value) in token.Labels)
            labels[name] = value;
        return new AgentRecord
        {
            Id = asked.AgentId,
            Name = asked.Name,
            EnrollmentId = asked.EnrollmentId,
            Labels = labels,
            Facts = new Dictionary<string, string>(),
            CertificateSerial = asked.CertificateSerial,
            CertificateNotAfter = asked.CertificateNotAfter,
            EnrolledAt = asked.At,
            EnrolledByToken = token.Id,
            Version = asked.Version,
            Machine = asked.Machine,
        };
    }
}
