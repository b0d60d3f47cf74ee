using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Fleet.Agent.Tests.Execution;

/// <summary>These tests count the processes and descriptors of this process, so nothing else may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealProcesses
{
    internal const string Name = "real processes";
}
