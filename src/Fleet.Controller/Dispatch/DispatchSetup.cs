using Fleet.Hosting.Settings;

namespace Fleet.Controller.Dispatch;

/// <summary>Registers the dispatch room.</summary>
internal static class DispatchSetup
{
    /// <summary>Everything that runs jobs. Needs the store and the registry; call it before whatever opens a port.</summary>
    public static IServiceCollection AddDispatch(this IServiceCollection services, Reloadable<DispatchOptions> options) => services
        .AddSingleton(options)
        .AddSingleton<OpenJobs>()
        .AddSingleton<JobSignals>()
        .AddSingleton<LinkStates>()
        .AddSingleton<DispatchCycle>()
        .AddSingleton<Dispatcher>()
        .AddHostedService<DispatchStart>()
        .AddLoop<Dispatcher>(static (dispatcher, cancellationToken) => dispatcher.RunAsync(cancellationToken));
}
