using Fleet.Storage;

namespace Fleet.Controller.Scans;

/// <summary>Reads the scans, before the loops run and before the port is open.</summary>
internal sealed partial class ScanStart(IFleetStore store, ScanRegistry registry, AssignmentRegistry assignments, ILogger<ScanStart> log) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await registry.LoadAsync(store.Scans, cancellationToken);
        await assignments.LoadAsync(store.Scans, cancellationToken);
        LogReady(registry.Current.Scans.Count, registry.Current.Channels.Count);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(4601, LogLevel.Information, "{Scans} scans, {Channels} channels")]
    private partial void LogReady(int scans, int channels);
}
