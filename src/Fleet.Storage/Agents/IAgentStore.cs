namespace Fleet.Storage;

/// <summary>Enrolled agents. Presence itself lives in memory: only connects and disconnects are written, never heartbeats.</summary>
public interface IAgentStore
{
    /// <summary>Uses up one use of the token and adds the agent, both or neither; harmless when repeated.</summary>
    Task<AgentEnrollmentOutcome> EnrollAsync(AgentEnrollment enrollment, CancellationToken cancellationToken);

    /// <summary>The agent with this id, removed ones included; null if there is none.</summary>
    Task<AgentRecord?> GetAsync(string agentId, CancellationToken cancellationToken);

    /// <summary>The active agent of this name, ignoring case; null if there is none.</summary>
    Task<AgentRecord?> FindByNameAsync(string name, CancellationToken cancellationToken);

    /// <summary>All agents, ordered by name ignoring case.</summary>
    Task<IReadOnlyList<AgentRecord>> ListAsync(bool includeRemoved, CancellationToken cancellationToken);

    /// <summary>Sets and removes labels (removal first); returns the agent as it is then, or null if it is not active.</summary>
    Task<AgentRecord?> ChangeLabelsAsync(
        string agentId,
        IReadOnlyDictionary<string, string> set,
        IReadOnlyCollection<string> remove,
        CancellationToken cancellationToken);

    /// <summary>Replaces the facts unless newer ones are stored; false if the agent is not active.</summary>
    Task<bool> SetFactsAsync(
        string agentId, IReadOnlyDictionary<string, string> facts, DateTimeOffset reportedAt, CancellationToken cancellationToken);

    /// <summary>
    /// Records that a connection began, and the version of the program at its other end; false if the agent is not active.
    /// </summary>
    Task<bool> RecordConnectedAsync(string agentId, string? version, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Records that a connection ended; false if the agent is unknown.</summary>
    Task<bool> RecordDisconnectedAsync(string agentId, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Records a renewed certificate, and the one before as superseded; false if the agent is not active.</summary>
    Task<bool> SetCertificateAsync(string agentId, string serial, DateTimeOffset notAfter, CancellationToken cancellationToken);

    /// <summary>Certificates that were renewed and are not revoked yet, each with its agent's id.</summary>
    Task<IReadOnlyList<SupersededCertificate>> ListSupersededAsync(CancellationToken cancellationToken);

    /// <summary>Revokes the superseded certificates of an agent, but for the one that it uses; returns their serials.</summary>
    Task<IReadOnlyList<string>> RevokeSupersededAsync(string agentId, string usedSerial, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Records which machine the agent runs on, or (null) that it is to be learned anew; false if it is not active.</summary>
    Task<bool> SetMachineAsync(string agentId, string? machine, CancellationToken cancellationToken);

    /// <summary>Records since when two processes use the agent's identity, or (null) that an operator has decided; false if it is not active.</summary>
    Task<bool> SetDuplicateAsync(string agentId, DateTimeOffset? since, string? note, CancellationToken cancellationToken);

    /// <summary>Removes the agent and revokes its certificate; returns it as it is then, or null if it was not active.</summary>
    Task<AgentRecord?> RemoveAsync(string agentId, DateTimeOffset at, CancellationToken cancellationToken);
}
