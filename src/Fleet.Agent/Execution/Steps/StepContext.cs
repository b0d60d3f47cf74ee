using Fleet.Agent.Execution.Cgroups;
using Fleet.Agent.Execution.Output;

namespace Fleet.Agent.Execution.Steps;

/// <summary>What all steps of one running task share.</summary>
internal sealed record StepContext(
    TaskRequest Request,
    int Mark,
    TaskCgroup? Cgroup,
    StopSignal Stop,
    ObserverGate Observer,
    ReadinessPump Pump,
    TaskExecutorOptions Options,
    TimeProvider Time,
    CancellationToken Abort);
