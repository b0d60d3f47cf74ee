using Fleet.Agent.Execution;
using Fleet.Protocol.Identifiers;

namespace Fleet.Agent.Tasks;

/// <summary>A task as the controller ordered it, checked.</summary>
/// <param name="Id">The task.</param>
/// <param name="Request">What the executor gets.</param>
/// <param name="StartWithin">How long from now it may wait for its turn.</param>
internal sealed record TaskOrder(TaskId Id, TaskRequest Request, TimeSpan StartWithin);
