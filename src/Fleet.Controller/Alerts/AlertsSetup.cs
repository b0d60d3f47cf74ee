using Fleet.Controller.Dispatch;
using Fleet.Controller.Notifications;
using Fleet.Hosting.Settings;

namespace Fleet.Controller.Alerts;

/// <summary>What the rooms of alerts and of their messages offer.</summary>
internal static class AlertsSetup
{
    /// <summary>Judging findings, and getting word of it out. Needs the store; its loops must start after the scans are read.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services, Reloadable<NotifyOptions> options) => services
        .AddSingleton(options)
        .AddSingleton<SilenceCache>()
        .AddSingleton<EvaluationSignal>()
        .AddSingleton<DeliverySignal>()
        .AddSingleton<IChannelSender, WebhookSender>()
        .AddSingleton<IChannelSender, CommandSender>()
        .AddSingleton<IChannelSender, SmtpSender>()
        .AddSingleton<ChannelPost>()
        .AddSingleton<DeliveryLoop>()
        .AddSingleton<AlertLoop>()
        .AddSingleton<SilenceCommands>()
        .AddSingleton<AlertsService>()
        .AddLoop<AlertLoop>(static (loop, cancellationToken) => loop.RunAsync(cancellationToken))
        .AddLoop<DeliveryLoop>(static (loop, cancellationToken) => loop.RunAsync(cancellationToken));

    /// <summary>Maps the service.</summary>
    public static void MapAlerts(this IEndpointRouteBuilder app) => app.MapGrpcService<AlertsService>();
}
