using Fleet.Agent.Upgrading;

namespace Fleet.Agent.Tasks;

/// <summary>What this host allows tasks to be.</summary>
/// <param name="AllowRunAs">Users they may run as, besides the agent's own; null means any.</param>
/// <param name="Builtins">What steps can ask of the agent itself.</param>
/// <param name="Upgrader">Takes orders to upgrade the agent; null where there are none to take.</param>
internal sealed record TaskPolicy(IReadOnlyList<string>? AllowRunAs, IReadOnlyCollection<string> Builtins, Upgrader? Upgrader = null);
