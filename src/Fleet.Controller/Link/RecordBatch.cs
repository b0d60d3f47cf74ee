using Fleet.Controller.Dispatch;
using Fleet.Storage;

namespace Fleet.Controller.Link;

/// <summary>The records of one message of one agent, checked, on their way into the store.</summary>
/// <param name="Session">Whose they are.</param>
/// <param name="TaskIds">For each entry its task.</param>
/// <param name="Entries">The entries, in the agent's order.</param>
/// <param name="Bytes">What they weigh.</param>
/// <param name="Unfit">Records behind those, the first of each task that cannot be stored; null for none.</param>
internal sealed record RecordBatch(
    AgentSession Session, IReadOnlyList<string> TaskIds, IReadOnlyList<TaskEntry> Entries, int Bytes, IReadOnlyCollection<UnfitRecord>? Unfit = null);
