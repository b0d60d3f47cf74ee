namespace Fleet.Controller.Enrollment;

/// <summary>What the room offers.</summary>
internal static class EnrollmentSetup
{
    /// <summary>Adds the room.</summary>
    public static IServiceCollection AddEnrollment(this IServiceCollection services) => services
        .AddSingleton<GuessLimiter>()
        .AddSingleton<TokenGate>()
        .AddSingleton<AgentEnroller>()
        .AddSingleton<OperatorEnroller>()
        .AddSingleton<EnrollmentService>();

    /// <summary>Maps its service.</summary>
    public static void MapEnrollment(this IEndpointRouteBuilder app) => app.MapGrpcService<EnrollmentService>();
}
