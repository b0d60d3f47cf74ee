using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Execution.Steps;

/// <summary>A step whose process runs.</summary>
internal sealed record LaunchedStep(ChildProcess Child, RunningPipes Pipes, ScriptFile? Script) : IDisposable
{
    public void Dispose()
    {
        Pipes.Dispose();
        Script?.Dispose();
    }
}
