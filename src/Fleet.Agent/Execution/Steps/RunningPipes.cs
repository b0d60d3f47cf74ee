using Fleet.Agent.Execution.Output;

namespace Fleet.Agent.Execution.Steps;

/// <summary>Our ends of a running step's pipes; whoever reads or writes one closes it.</summary>
internal sealed record RunningPipes(PolledFd? Input, PolledFd Output, PolledFd Error, PolledFd? ShimStatus) : IDisposable
{
    public void Dispose()
    {
        Input?.Dispose();
        Output.Dispose();
        Error.Dispose();
        ShimStatus?.Dispose();
    }
}
