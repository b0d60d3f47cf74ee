namespace Fleet.Controller.Tailing;

/// <summary>What the room offers.</summary>
internal static class TailsSetup
{
    /// <summary>Live logs of many hosts. Needs the registry.</summary>
    public static IServiceCollection AddTails(this IServiceCollection services) => services
        .AddSingleton(new TailOptions())
        .AddSingleton<TailRegistry>()
        .AddSingleton<LogsService>();

    /// <summary>Maps its service.</summary>
    public static void MapTails(this IEndpointRouteBuilder app) => app.MapGrpcService<LogsService>();
}
