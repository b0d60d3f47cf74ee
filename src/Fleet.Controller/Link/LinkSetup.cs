using Fleet.Controller.Dispatch;
using Fleet.Hosting.Settings;

namespace Fleet.Controller.Link;

/// <summary>Registers the agents' link.</summary>
internal static class LinkSetup
{
    /// <summary>Everything between an agent's stream and dispatch. Needs the store, the registry, dispatch and the identity room.</summary>
    public static IServiceCollection AddAgentLink(this IServiceCollection services, Reloadable<LinkOptions> options) => services
        .AddSingleton(options)
        .AddSingleton<RecordIngest>()
        .AddSingleton<SessionServices>()
        .AddSingleton<LiveSessions>()
        .AddSingleton<LinkSweep>()
        .AddSingleton<DuplicateRegistry>()
        .AddSingleton<LinkGreeting>()
        .AddSingleton<RecordIntake>()
        .AddSingleton<AgentMessageHandler>()
        .AddSingleton<AgentLinkService>()
        .AddLoop<RecordIngest>(static (ingest, cancellationToken) => ingest.RunAsync(cancellationToken))
        .AddLoop<LinkSweep>(static (sweep, cancellationToken) => sweep.RunAsync(cancellationToken))
        .AddHostedService<LinkShutdown>();
}
