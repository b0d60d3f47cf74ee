namespace Fleet.Controller.Artefacts;

/// <summary>What the room offers: agents for new hosts, and the script that installs them.</summary>
internal static class ArtefactsRoom
{
    /// <summary>Adds the room.</summary>
    public static IServiceCollection AddArtefacts(this IServiceCollection services) => services
        .AddSingleton<ArtefactShelf>()
        .AddSingleton<InstallationDesk>()
        .AddSingleton<ArtefactDownloads>();

    /// <summary>Maps what is got with a plain GET, by whoever reaches the port: nothing of it is secret.</summary>
    public static void MapArtefacts(this IEndpointRouteBuilder app)
    {
        var downloads = app.ServiceProvider.GetRequiredService<ArtefactDownloads>();
        app.MapGet(ArtefactDownloads.ScriptPath, downloads.SendScriptAsync);
        app.MapGet(ArtefactDownloads.ArtefactPath + "{name}", downloads.SendArtefactAsync);
    }
}
