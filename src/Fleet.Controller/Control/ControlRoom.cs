namespace Fleet.Controller.Control;

/// <summary>What the room offers.</summary>
internal static class ControlRoom
{
    /// <summary>Adds the room.</summary>
    public static IServiceCollection AddControl(this IServiceCollection services) => services
        .AddSingleton<IStatusSource, ProcessStatus>()
        .AddSingleton<ControlService>();

    /// <summary>Maps its service.</summary>
    public static void MapControl(this IEndpointRouteBuilder app) => app.MapGrpcService<ControlService>();
}
