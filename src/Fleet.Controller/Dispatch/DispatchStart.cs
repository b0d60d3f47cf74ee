using Fleet.Controller.Registry;
using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>Fills the registry and takes up the open jobs, before the loops run and before the port is open.</summary>
internal sealed partial class DispatchStart(
    IFleetStore store, AgentRegistry registry, DispatchCycle turn, OpenJobs open, ILogger<DispatchStart> log) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await registry.LoadAsync(store.Agents, cancellationToken);
        foreach (var job in await store.Jobs.ListOpenAsync(cancellationToken))
            turn.Recover(job);
        LogReady(log, registry.Count, open.Count);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(4010, LogLevel.Information, "{Agents} agents enrolled, {Jobs} jobs open")]
    private static partial void LogReady(ILogger log, int agents, int jobs);
}
