namespace Fleet.Controller.Hits;

/// <summary>What the room offers.</summary>
internal static class HitsSetup
{
    /// <summary>Searching and following what scans found. Needs the store and target resolution.</summary>
    public static IServiceCollection AddHits(this IServiceCollection services) => services
        .AddSingleton<HitSignal>()
        .AddSingleton<HitReadLimiter>()
        .AddSingleton<HitSearch>()
        .AddSingleton<HitFollow>()
        .AddSingleton<HitsService>();

    /// <summary>Maps its service.</summary>
    public static void MapHits(this IEndpointRouteBuilder app) => app.MapGrpcService<HitsService>();
}
