namespace Fleet.Agent.Execution.Processes;

/// <summary>What ending a process tree took.</summary>
/// <param name="Found">Processes seen in all, from first to last scan.</param>
/// <param name="Killed">Those that SIGTERM and the grace did not end.</param>
/// <param name="Survivors">Those that even SIGKILL did not end in time (uninterruptible sleep, or another user's).</param>
public sealed record KillReport(int Found, int Killed, IReadOnlyList<int> Survivors);
