using Fleet.Controller.Identity;
using Fleet.Controller.Link;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;
using Fleet.Protocol.Text;
using Fleet.Storage;

namespace Fleet.Controller.Enrollment;

/// <summary>Takes agents into the fleet.</summary>
/// <remarks>
/// The same enrollment id with the same token is the same agent, however often it asks: the reply may have been lost, so it
/// gets another certificate. It may come with another key, since an agent can die between making a key and keeping it; then
/// the certificate of the earlier key is revoked and its link cut, so that one identity never has two holders.
/// </remarks>
internal sealed partial class AgentEnroller(
    CertificateAuthority authority,
    IFleetStore store,
    IdentityDirectory directory,
    IdentityRevocation revocation,
    TokenGate gate,
    IEnumerable<IIdentityListener> listeners,
    TimeProvider time,
    ILogger<AgentEnroller> logger)
{
    /// <summary>Decides on an application.</summary>
    public async Task<JoinOutcome<AgentRecord>> EnrollAsync(AgentApplication application, CancellationToken cancellationToken)
    {
        // 1. The token first: strangers learn nothing else.
        var (token, refusal) = await gate.CheckAsync(application.Token, TokenKind.Agent, application.Address, cancellationToken);
        if (token is null)
            return Refuse(refusal!);

        // 2. The application's form.
        if (FindFault(application) is { } fault)
            return Refuse(JoinRefusal.Bad(fault));
        if (!RequestedKey.TryRead(application.Csr.Span, out var key, out var keyError))
            return Refuse(JoinRefusal.Bad(keyError));

        if (await LabelRefusalAsync(application, token, cancellationToken) is { } labelRefusal)
            return Refuse(labelRefusal);

        // 3. A name is taken over only if the agent wants that; whether it may, the token says.
        var name = AgentName.Parse(application.Name).ToString();
        if (!application.Replace && await store.Agents.FindByNameAsync(name, cancellationToken) is { } holder
            && holder.EnrollmentId != application.EnrollmentId)
            return Refuse(JoinRefusal.From(EnrollmentRefusal.NameTaken, name, TokenKind.Agent));

        // 4. The store decides, and uses up the token, in one commit.
        var id = AgentId.New().ToString();
        var issued = authority.Issue(new CertificateName(CertificateRole.Agent, id), key);
        var outcome = await store.Agents.EnrollAsync(ToEnrollment(application, token, name, id, issued), cancellationToken);
        if (outcome.Agent is not { } agent)
            return Refuse(JoinRefusal.From(outcome.Refusal, name, TokenKind.Agent));

        // 5. Stored: from here on nobody's giving up may leave it half done.
        if (outcome.Repeated)
            (agent, issued) = await IssueAgainAsync(agent, key);
        if (outcome.Replaced is { } replaced)
            revocation.Forget(replaced, $"another host took over its name ({agent.Id})");
        agent = await WithFactsAsync(agent, application.Facts);
        directory.AdmitAgain(new KnownIdentity(agent, key.Hash), issued);
        foreach (var listener in listeners)
            listener.AgentEnrolled(agent);
        LogEnrolled(agent.Name, agent.Id, agent.EnrolledByToken, application.Address, outcome.Repeated ? "again" : "for the first time");
        return new JoinOutcome<AgentRecord>.Joined(agent, [issued.Der]);
    }

    private static string? FindFault(AgentApplication application) =>
        ApplicationCheck.AgentNameFault(application.Name)
        ?? ApplicationCheck.EnrollmentIdFault(application.EnrollmentId)
        ?? ApplicationCheck.LabelFault(application.Labels)
        ?? ApplicationCheck.FactFault(application.Facts)
        ?? HelloCheck.MachineFault(application.Machine);

    // A label decides which jobs a host gets, and which secrets with them: the token's maker says which ones the host may choose.
    private async Task<JoinRefusal?> LabelRefusalAsync(AgentApplication application, JoinToken token, CancellationToken cancellationToken)
    {
        if (application.Labels.Count == 0 || await store.Tokens.GetAsync($"t-{token.Id}", cancellationToken) is not { } known)
            return null;
        var refused = application.Labels
            .Where(label => !known.LetsJoinerSet(label.Key) && known.Labels.GetValueOrDefault(label.Key) != label.Value)
            .Select(label => label.Key).Order(StringComparer.Ordinal).ToArray();
        return refused.Length == 0 ? null : JoinRefusal.LabelsNotAllowed(refused);
    }

    private static JoinOutcome<AgentRecord>.Refused Refuse(JoinRefusal refusal) => new(refusal);

    private AgentEnrollment ToEnrollment(AgentApplication application, JoinToken token, string name, string id, IssuedCertificate issued) => new()
    {
        TokenHash = token.SecretHash(),
        EnrollmentId = application.EnrollmentId,
        AgentId = id,
        Name = name,
        Labels = application.Labels,
        CertificateSerial = issued.Serial,
        CertificateNotAfter = issued.NotAfter,
        Machine = application.Machine.Length > 0 ? application.Machine : null,
        Version = application.Facts.GetValueOrDefault("agent_version"),
        At = time.GetUtcNow(),
    };

    private async Task<(AgentRecord Agent, IssuedCertificate Issued)> IssueAgainAsync(AgentRecord agent, RequestedKey key)
    {
        var name = new CertificateName(CertificateRole.Agent, agent.Id);
        var issued = authority.Issue(name, key);
        await store.Agents.SetCertificateAsync(agent.Id, issued.Serial, issued.NotAfter, CancellationToken.None);
        if (directory.Find(name) is { } earlier && earlier.KeyHash != key.Hash)
            await revocation.RevokeCertificatesAsync(earlier, $"agent {agent.Name} enrolled again with another key", CancellationToken.None);
        return (agent with { CertificateSerial = issued.Serial, CertificateNotAfter = issued.NotAfter }, issued);
    }

    private async Task<AgentRecord> WithFactsAsync(AgentRecord agent, IReadOnlyDictionary<string, string> facts)
    {
        if (facts.Count == 0)
            return agent;
        var now = time.GetUtcNow();
        var clean = facts.ToDictionary(fact => fact.Key, fact => OneLineText.Clean(fact.Value), StringComparer.Ordinal);
        await store.Agents.SetFactsAsync(agent.Id, clean, now, CancellationToken.None);
        return agent with { Facts = clean, FactsReportedAt = now };
    }

    [LoggerMessage(3101, LogLevel.Information, "Agent {Agent} ({AgentId}) enrolled {How} with token {TokenId} from {Address}")]
    private partial void LogEnrolled(string agent, string agentId, string tokenId, System.Net.IPAddress? address, string how);
}
