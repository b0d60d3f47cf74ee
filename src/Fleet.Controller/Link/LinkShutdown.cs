using Fleet.Hosting.Settings;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Link;

/// <summary>Says goodbye to all agents when the controller stops, before the server waits for their streams to end.</summary>
internal sealed class LinkShutdown(LiveSessions sessions, Reloadable<LinkOptions> options) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        sessions.CloseAll(new Goodbye
        {
            Cause = Goodbye.Types.Cause.ShuttingDown,
            Reason = "the controller is shutting down",
            RetryAfterMs = (long)options.Value.ShutdownRetryAfter.TotalMilliseconds,
        });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
