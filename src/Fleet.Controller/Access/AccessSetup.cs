namespace Fleet.Controller.Access;

/// <summary>What the room offers.</summary>
internal static class AccessSetup
{
    /// <summary>Adds the room.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services) => services
        .AddSingleton<RefusalLog>()
        .AddSingleton<CallLimit>()
        .AddSingleton<AccessInterceptor>()
        .AddSingleton<JoinTokens>()
        .AddSingleton<TokensService>()
        .AddSingleton<OperatorsService>();

    /// <summary>Maps its services.</summary>
    public static void MapAccess(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<TokensService>();
        app.MapGrpcService<OperatorsService>();
    }
}
