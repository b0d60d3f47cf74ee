using Fleet.Controller.Agents;
using Fleet.Controller.Control;
using Fleet.Controller.Identity;
using Fleet.Controller.Link;

namespace Fleet.Controller.Jobs;

/// <summary>Registers and maps what operators call, and the agents' link beside it.</summary>
internal static class OperatorApiSetup
{
    /// <summary>The services of jobs and agents. Needs the registry, dispatch and the identity room.</summary>
    public static IServiceCollection AddOperatorApi(this IServiceCollection services) => services
        .AddSingleton<JobCreator>()
        .AddSingleton<JobWatch>()
        .AddSingleton<TargetPreviews>()
        .AddSingleton<JobsService>()
        .AddSingleton<AgentDescription>()
        .AddSingleton<AgentsService>()
        .AddSingleton<IIdentityListener, IdentityFollower>()
        .AddSingleton<IStatusSource, FleetStatus>();

    /// <summary>Maps the agents' link and the operators' services of jobs and agents.</summary>
    public static void MapFleetServices(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<AgentLinkService>();
        endpoints.MapGrpcService<JobsService>();
        endpoints.MapGrpcService<AgentsService>();
    }
}
