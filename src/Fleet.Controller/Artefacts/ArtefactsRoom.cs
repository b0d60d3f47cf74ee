namespace Fleet.Controller.Artefacts;

/// <summary>What the room offers: agents for hosts that are new or get another version, and the script that installs them.</summary>
internal static class ArtefactsRoom
{
    /// <summary>Adds the room.</summary>
    public static IServiceCollection AddArtefacts(this IServiceCollection services) => services
        .AddSingleton<ArtefactShelf>()
        .AddSingleton<ArtefactPlaces>()
        .AddSingleton<ArtefactIntake>()
        .AddSingleton<InstallationDesk>()
        .AddSingleton<ArtefactDownloads>();

    /// <summary>Maps the service, and what is got with a plain GET, by whoever reaches the port: nothing of that is secret.</summary>
    public static void MapArtefacts(this IEndpointRouteBuilder app)
    {
        var downloads = app.ServiceProvider.GetRequiredService<ArtefactDownloads>();
        app.MapGrpcService<ArtefactsService>();
        app.MapGet(ArtefactDownloads.ScriptPath, downloads.SendScriptAsync);
        app.MapGet(ArtefactDownloads.ArtefactPath + "{name}", downloads.SendArtefactAsync);
    }
}
