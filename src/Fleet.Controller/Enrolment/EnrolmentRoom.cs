namespace Fleet.Controller.Enrolment;

/// <summary>What the room offers.</summary>
internal static class EnrolmentRoom
{
    /// <summary>Adds the room.</summary>
    public static IServiceCollection AddEnrolment(this IServiceCollection services) => services
        .AddSingleton<GuessLimiter>()
        .AddSingleton<TokenGate>()
        .AddSingleton<AgentEnrolmentDesk>()
        .AddSingleton<OperatorEnrolmentDesk>()
        .AddSingleton<EnrolmentService>();

    /// <summary>Maps its service.</summary>
    public static void MapEnrolment(this IEndpointRouteBuilder app) => app.MapGrpcService<EnrolmentService>();
}
