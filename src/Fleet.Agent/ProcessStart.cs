using Fleet.Agent.Upgrading;

namespace Fleet.Agent;

/// <summary>How this process was started.</summary>
/// <param name="Installed">The program that the service starts.</param>
/// <param name="Words">What `fleet-agent run` was given.</param>
internal sealed record ProcessStart(InstalledProgram Installed, IReadOnlyList<string> Words);

/// <summary>How an agent ended.</summary>
internal enum AgentEnd
{
    /// <summary>It was told to stop.</summary>
    Stopped,

    /// <summary>It wants to be started again, as another version.</summary>
    Restart,
}
