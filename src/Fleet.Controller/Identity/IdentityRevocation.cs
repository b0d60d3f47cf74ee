using Fleet.Protocol.Identity;
using Fleet.Storage;

namespace Fleet.Controller.Identity;

/// <summary>Takes identities out of the fleet: first in the store, then here and now, on every open stream.</summary>
internal sealed partial class IdentityRevocation(
    IFleetStore store,
    IdentityDirectory directory,
    IEnumerable<IIdentityListener> listeners,
    TimeProvider time,
    ILogger<IdentityRevocation> logger)
{
    /// <summary>Removes an agent and cuts its link; null if it was not active.</summary>
    /// <param name="agentId">The agent.</param>
    /// <param name="reason">Why, in words for operators.</param>
    /// <param name="cancellationToken">Gives up before the store has decided.</param>
    public async Task<AgentRecord?> RemoveAgentAsync(string agentId, string reason, CancellationToken cancellationToken)
    {
        var agent = await store.Agents.RemoveAsync(agentId, time.GetUtcNow(), cancellationToken);
        if (agent is not null)
            Forget(agent, reason);
        return agent;
    }

    /// <summary>Revokes an operator and cuts the open streams; null if not active.</summary>
    public async Task<OperatorRecord?> RevokeOperatorAsync(string operatorId, string reason, CancellationToken cancellationToken)
    {
        var person = await store.Operators.RevokeAsync(operatorId, time.GetUtcNow(), cancellationToken);
        if (person is not null)
            Forget(person, reason);
        return person;
    }

    /// <summary>Carries out what the store has already recorded: the agent is no longer active.</summary>
    public void Forget(AgentRecord agent, string reason)
    {
        directory.RevokeSerial(agent.CertificateSerial);
        directory.Expel(new CertificateName(CertificateRole.Agent, agent.Id));
        LogRevoked("agent", agent.Name, agent.Id, reason);
        foreach (var listener in listeners)
            listener.AgentRemoved(agent, reason);
    }

    /// <summary>Carries out what the store has already recorded: the operator is no longer active.</summary>
    public void Forget(OperatorRecord person, string reason)
    {
        directory.RevokeSerial(person.CertificateSerial);
        directory.Expel(new CertificateName(CertificateRole.Operator, person.Id));
        LogRevoked("operator", person.Name, person.Id, reason);
    }

    /// <summary>No longer honors the certificates that were given out, and cuts what their holder has open; the identity itself stays.</summary>
    public async Task RevokeCertificatesAsync(KnownIdentity holder, string reason, CancellationToken cancellationToken)
    {
        foreach (var (serial, notAfter) in holder.Certificates)
        {
            await store.Revocations.AddAsync(new RevocationRecord(serial, notAfter, time.GetUtcNow(), reason), cancellationToken);
            directory.RevokeSerial(serial);
        }

        holder.Cut();
    }

    [LoggerMessage(3000, LogLevel.Information, "{Kind} {Name} ({Id}) is no longer accepted: {Reason}")]
    private partial void LogRevoked(string kind, string name, string id, string reason);
}
