using Fleet.Storage;

namespace Fleet.Controller.Control;

/// <summary>What the room offers.</summary>
internal static class ControlSetup
{
    /// <summary>Adds the room.</summary>
    public static IServiceCollection AddControl(this IServiceCollection services) => services
        .AddSingleton<IStatusSource, ProcessStatus>()
        .AddSingleton<ControlService>()
        .AddSingleton(provider => new HealthService(
            provider.GetRequiredService<IFleetStore>().Revisions, provider.GetRequiredService<IHostApplicationLifetime>(), provider.GetRequiredService<TimeProvider>()))
        .AddGrpcReflection();

    /// <summary>Maps its services.</summary>
    public static void MapControl(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<ControlService>();
        app.MapGrpcService<HealthService>();
        app.MapGrpcReflectionService();
    }
}
