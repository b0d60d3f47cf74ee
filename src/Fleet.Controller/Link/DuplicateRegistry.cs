using Fleet.Controller.Agents;
using Fleet.Controller.Dispatch;
using Fleet.Controller.Registry;
using Fleet.Hosting.Settings;
using Fleet.Storage;

namespace Fleet.Controller.Link;

/// <summary>Keeps which identities two processes use, and holds their tasks until an operator has decided.</summary>
/// <remarks>A copied state directory, a cloned machine and a stolen key look alike from here: nobody but an operator can tell which one is the host.</remarks>
internal sealed partial class DuplicateRegistry(
    AgentRegistry registry, LiveSessions sessions, Dispatcher dispatcher, IFleetStore store, Reloadable<AgentsOptions> options, TimeProvider time,
    ILogger<DuplicateRegistry> log)
{
    /// <summary>Looks at a link that has said hello.</summary>
    /// <param name="session">The link.</param>
    /// <param name="duplicate">How it shows that two processes use the identity; null where nothing was seen yet.</param>
    public async Task ExamineAsync(AgentSession session, string? duplicate)
    {
        var record = session.Agent.Record;
        if (session.Machine.Length > 0 && record.Machine is null)
            await SetMachineAsync(record.Id, session.Machine);
        else if (session.Machine.Length > 0 && record.Machine != session.Machine)
            duplicate ??= $"it runs on another machine than before, at {session.Peer}: its state was copied, or its disk moved";
        if (duplicate is null || record.DuplicateSince is not null)
            return;

        // Without the session's token: what was seen is to be kept although the link has just ended.
        var now = time.GetUtcNow();
        await store.Agents.SetDuplicateAsync(record.Id, now, duplicate, CancellationToken.None);
        registry.Change(record.Id, known => known with { DuplicateSince = now, DuplicateNote = duplicate });
        if (options.Value.HoldDuplicates)
            dispatcher.Hold(record.Id, now);
        LogFound(record.Name, duplicate, options.Value.HoldDuplicates ? "its new tasks are held" : "its tasks are not held");
    }

    /// <summary>An operator has decided: the process that is linked now is the host. False where there was nothing to decide.</summary>
    public async Task<bool> ClearAsync(AgentEntry agent, CancellationToken cancellationToken)
    {
        if (agent.Record.DuplicateSince is null)
            return false;
        await store.Agents.SetDuplicateAsync(agent.Id, null, null, cancellationToken);
        await SetMachineAsync(agent.Id, agent.Link is AgentSession { Machine.Length: > 0 } session ? session.Machine : null);
        registry.Change(agent.Id, known => known with { DuplicateSince = null, DuplicateNote = null });
        sessions.Forget(agent.Id);
        dispatcher.Hold(agent.Id, null);
        LogCleared(agent.Name);
        return true;
    }

    private async Task SetMachineAsync(string agentId, string? machine)
    {
        if (await store.Agents.SetMachineAsync(agentId, machine, CancellationToken.None))
            registry.Change(agentId, known => known with { Machine = machine });
    }

    [LoggerMessage(3522, LogLevel.Error,
        "Agent {Agent}: two processes use its identity ({Seen}); {Hold}. Enroll the copy again, then 'fleet agents clear-duplicate {Agent}'")]
    private partial void LogFound(string agent, string seen, string hold);

    [LoggerMessage(3523, LogLevel.Information, "Agent {Agent}: an operator cleared the duplicate flag; its tasks are no longer held")]
    private partial void LogCleared(string agent);
}
