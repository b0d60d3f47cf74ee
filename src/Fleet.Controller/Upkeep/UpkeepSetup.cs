using Fleet.Controller.Dispatch;
using Fleet.Hosting.Settings;

namespace Fleet.Controller.Upkeep;

/// <summary>Registers the upkeep room.</summary>
internal static class UpkeepSetup
{
    /// <summary>Retention of jobs, output, hits and alerts. Needs the store and the scans.</summary>
    public static IServiceCollection AddUpkeep(this IServiceCollection services, Reloadable<RetentionOptions> options) => services
        .AddSingleton(options)
        .AddSingleton<HitRetention>()
        .AddSingleton<RetentionLoop>()
        .AddLoop<RetentionLoop>(static (loop, cancellationToken) => loop.RunAsync(cancellationToken));
}
