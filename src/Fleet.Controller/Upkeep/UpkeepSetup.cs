using Fleet.Controller.Dispatch;

namespace Fleet.Controller.Upkeep;

/// <summary>Registers the upkeep room.</summary>
internal static class UpkeepSetup
{
    /// <summary>Retention of jobs and output. Needs the store.</summary>
    public static IServiceCollection AddUpkeep(this IServiceCollection services, UpkeepOptions options) => services
        .AddSingleton(options)
        .AddSingleton<RetentionLoop>()
        .AddLoop<RetentionLoop>(static (loop, cancellationToken) => loop.RunAsync(cancellationToken));
}
