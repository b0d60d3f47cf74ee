using Fleet.Agent.Tasks;

namespace Fleet.Agent.Upgrading;

/// <summary>What an upgrade works with.</summary>
/// <param name="Installed">What the host falls back to.</param>
/// <param name="RunWords">What `fleet-agent run` was given.</param>
/// <param name="Shelf">Where versions are.</param>
/// <param name="File">Which of them is the agent.</param>
/// <param name="Route">Where artifacts come from.</param>
/// <param name="Desk">The host's tasks.</param>
/// <param name="Programs">Tries programs.</param>
/// <param name="Restart">Ends this process in good order; systemd starts the next one.</param>
internal sealed record UpgradeParts(
    InstalledProgram Installed,
    IReadOnlyList<string> RunWords,
    VersionStore Shelf,
    SelectionFile File,
    LinkRoute Route,
    TaskSupervisor Desk,
    ProgramTrial Programs,
    Action Restart);
