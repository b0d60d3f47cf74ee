namespace Fleet.Controller.Dispatch;

/// <summary>Runs a room's loop for as long as the controller runs. A loop that fails stops the controller: half of it is no controller.</summary>
internal sealed class LoopHost<T>(T room, Func<T, CancellationToken, Task> run) : BackgroundService
    where T : class
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => run(room, stoppingToken);
}

/// <summary>Registers loops.</summary>
internal static class LoopHostSetup
{
    /// <summary>Runs a loop of a registered room. Loops start in the order of their registration, and stop in the reverse.</summary>
    public static IServiceCollection AddLoop<T>(this IServiceCollection services, Func<T, CancellationToken, Task> run)
        where T : class =>
        services.AddSingleton<IHostedService>(provider => new LoopHost<T>(provider.GetRequiredService<T>(), run));
}
