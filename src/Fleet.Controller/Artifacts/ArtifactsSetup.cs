namespace Fleet.Controller.Artifacts;

/// <summary>What the room offers: agents for hosts that are new or get another version, and the script that installs them.</summary>
internal static class ArtifactsSetup
{
    /// <summary>Adds the room.</summary>
    public static IServiceCollection AddArtifacts(this IServiceCollection services) => services
        .AddSingleton<ArtifactStore>()
        .AddSingleton<ArtifactPlaces>()
        .AddSingleton<ArtifactIntake>()
        .AddSingleton<InstallationSource>()
        .AddSingleton<ArtifactDownloads>();

    /// <summary>Maps the service, and what is got with a plain GET, by whoever reaches the port: nothing of that is secret.</summary>
    public static void MapArtifacts(this IEndpointRouteBuilder app)
    {
        var downloads = app.ServiceProvider.GetRequiredService<ArtifactDownloads>();
        app.MapGrpcService<ArtifactsService>();
        app.MapGet(ArtifactDownloads.ScriptPath, downloads.SendScriptAsync);
        app.MapGet(ArtifactDownloads.ArtifactPath + "{name}", downloads.SendArtifactAsync);
    }
}
