namespace Fleet.Storage;

/// <summary>What joining asks of a provider's agents and tokens, within one transaction.</summary>
internal interface IAgentTable
{
    TokenRecord? FindToken(byte[] secretHash);

    void CountUse(string tokenId);

    AgentRecord? Find(string id);

    AgentRecord? FindByEnrolment(string enrolmentId);

    AgentRecord? FindActiveByName(string name);

    /// <summary>Takes the agent out of the fleet and revokes its certificates; null if it is not active.</summary>
    AgentRecord? Remove(string id, DateTimeOffset at, string reason);

    void SetCertificate(string id, string serial, DateTimeOffset notAfter);

    /// <summary>False if the id, the name or the enrolment id is taken.</summary>
    bool Insert(AgentRecord agent);
}

/// <summary>Whether and how an agent joins; the same answer from every provider.</summary>
internal static class AgentJoining
{
    public static AgentEnrolmentOutcome Enrol(IAgentTable agents, AgentEnrolment asked)
    {
        var token = agents.FindToken(asked.TokenHash);
        var refusal = TokenUse.Judge(token, TokenKind.Agent, asked.At);
        if (token is null || refusal != EnrolmentRefusal.None)
            return new AgentEnrolmentOutcome(refusal);
        if (agents.FindByEnrolment(asked.EnrolmentId) is { } known)
            return EnrolAgain(agents, asked, known, token);
        refusal = TokenUse.JudgeUses(token);
        if (refusal != EnrolmentRefusal.None)
            return new AgentEnrolmentOutcome(refusal);

        var holder = agents.FindActiveByName(asked.Name);
        if (holder is not null && !token.AllowReplace)
            return new AgentEnrolmentOutcome(EnrolmentRefusal.NameTaken);
        if (agents.Find(asked.AgentId) is not null)
            throw new ArgumentException($"the agent id {asked.AgentId} is taken: choose another", nameof(asked));
        if (holder is not null)
            holder = agents.Remove(holder.Id, asked.At, "was replaced");
        agents.CountUse(token.Id);
        var agent = NewAgent(asked, token);
        return agents.Insert(agent)
            ? new AgentEnrolmentOutcome(EnrolmentRefusal.None, agent, Replaced: holder)
            : throw new ArgumentException($"the agent {asked.Name} cannot be added: its id, its name or its enrolment is taken", nameof(asked));
    }

    // The reply to the first request was lost, or the agent died before it stored it. Another token proves nothing about this
    // agent: whoever holds it and learns an enrolment id must not get a certificate in the agent's place.
    private static AgentEnrolmentOutcome EnrolAgain(IAgentTable agents, AgentEnrolment asked, AgentRecord known, TokenRecord token)
    {
        if (known.State != AgentState.Active || known.EnrolledByToken != token.Id)
            return new AgentEnrolmentOutcome(EnrolmentRefusal.EnrolmentTaken);
        agents.SetCertificate(known.Id, asked.CertificateSerial, asked.CertificateNotAfter);
        return new AgentEnrolmentOutcome(EnrolmentRefusal.None, agents.Find(known.Id), Repeated: true);
    }

    private static AgentRecord NewAgent(AgentEnrolment asked, TokenRecord token)
    {
        var labels = new Dictionary<string, string>(asked.Labels, StringComparer.Ordinal);
        foreach (var (name, value) in token.Labels)
            labels[name] = value;
        return new AgentRecord
        {
            Id = asked.AgentId,
            Name = asked.Name,
            EnrolmentId = asked.EnrolmentId,
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
