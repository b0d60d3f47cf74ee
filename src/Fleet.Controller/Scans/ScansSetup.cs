using Fleet.Controller.Dispatch;

namespace Fleet.Controller.Scans;

/// <summary>What the room offers.</summary>
internal static class ScansSetup
{
    /// <summary>Standing scans: what agents are to look for, and what they report. Needs the store, the registry and the room of alerts.</summary>
    public static IServiceCollection AddScans(this IServiceCollection services) => services
        .AddSingleton<ScanRegistry>()
        .AddSingleton<ScanStateCache>()
        .AddSingleton<AssignmentRegistry>()
        .AddSingleton<HitMeters>()
        .AddSingleton<ScanAssignment>()
        .AddSingleton<ScanCommands>()
        .AddSingleton<ScanEntitlement>()
        .AddSingleton<FindingSignals>()
        .AddSingleton<ReportIntake>()
        .AddSingleton<ScansService>()
        .AddHostedService<ScanStart>()
        .AddLoop<ScanAssignment>(static (assignment, cancellationToken) => assignment.RunAsync(cancellationToken));

    /// <summary>Maps its service.</summary>
    public static void MapScans(this IEndpointRouteBuilder app) => app.MapGrpcService<ScansService>();
}
