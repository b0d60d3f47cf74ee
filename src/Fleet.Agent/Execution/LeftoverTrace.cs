using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Execution;

/// <summary>What the journal remembers of a task that the agent did not see end.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Leaders">The processes of its steps, as <see cref="StepStarted"/> told.</param>
/// <param name="Mark">From <see cref="TaskStarting"/>; null where it was not recorded.</param>
/// <param name="BootId">From <see cref="TaskStarting"/>; null where it was not recorded.</param>
public sealed record LeftoverTrace(string TaskId, IReadOnlyList<ProcessIdentity> Leaders, int? Mark, string? BootId);
