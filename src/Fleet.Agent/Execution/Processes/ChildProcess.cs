namespace Fleet.Agent.Execution.Processes;

/// <summary>A process that we started: the leader of its own session and process group.</summary>
internal sealed class ChildProcess
{
    private readonly ChildProcesses _owner;

    // Its continuations must not run on the reaper's thread.
    private readonly TaskCompletionSource<ProcessExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ChildProcess(ChildProcesses owner, ProcessIdentity identity)
    {
        _owner = owner;
        Identity = identity;
    }

    internal ProcessIdentity Identity { get; }

    internal Task<ProcessExit> Exited => _exited.Task;

    internal bool HasExited => _exited.Task.IsCompleted;

    /// <summary>Signals its whole process group; does nothing once it has been reaped.</summary>
    internal void SignalGroup(int signal) => _owner.SignalGroup(this, signal);

    internal void SetExited(ProcessExit exit) => _exited.SetResult(exit);

    /// <summary>A bug: something else in this process waits for children.</summary>
    internal void SetLost() =>
        _exited.SetException(
            new InvalidOperationException($"The exit status of process {Identity.Pid} was taken by another part of the agent."));
}
