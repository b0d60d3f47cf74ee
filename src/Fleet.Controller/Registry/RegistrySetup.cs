using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fleet.Controller.Registry;

/// <summary>Registers the registry of agents.</summary>
internal static class RegistrySetup
{
    /// <summary>The registry and target resolution. It is loaded by the start of dispatch.</summary>
    public static IServiceCollection AddAgentRegistry(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        return services
            .AddSingleton<AgentRegistry>()
            .AddSingleton<SampleDraws>()
            .AddSingleton<TargetResolver>();
    }
}
