using Fleet.Controller.Access;
using Fleet.Controller.Alerts;
using Fleet.Controller.Artifacts;
using Fleet.Controller.Control;
using Fleet.Controller.Dispatch;
using Fleet.Controller.Enrollment;
using Fleet.Controller.Hits;
using Fleet.Controller.Hosting;
using Fleet.Controller.Hosting.Commands;
using Fleet.Controller.Identity;
using Fleet.Controller.Jobs;
using Fleet.Controller.Link;
using Fleet.Controller.Registry;
using Fleet.Controller.Scans;
using Fleet.Controller.Tailing;
using Fleet.Controller.Upkeep;
using Fleet.Hosting.Settings;

namespace Fleet.Controller;

/// <summary>The controller's table of contents: its commands, and the rooms that a running controller is made of.</summary>
internal static class Program
{
    /// <summary>Exit code: 0 done or cleanly stopped, 1 failed, 2 bad usage or configuration.</summary>
    public static Task<int> Main(string[] args) => CommandTree.RunAsync(args, Console.Out, Console.Error);

    /// <summary>The rooms.</summary>
    public static void AddFeatures(IServiceCollection services, Reloadable<ControllerOptions> options)
    {
        // Who may come in, and what for.
        services.AddIdentity();
        services.AddEnrollment();
        services.AddAccess();
        services.AddArtifacts();

        // The fleet: who is there, what they do, and how they are reached.
        services.AddAgentRegistry();
        services.AddDispatch(options.Select(now => now.Dispatch));
        services.AddAgentLink(options.Select(now => now.Link));
        services.AddOperatorApi();
        services.AddTails();

        // What agents look for by themselves, what they found, and who hears of it.
        services.AddScans();
        services.AddHits();
        services.AddAlerts(options.Select(now => now.Notify));

        // The controller itself.
        services.AddUpkeep(options.Select(now => now.Retention));
        services.AddControl();
    }

    /// <summary>The services that the rooms offer on the wire.</summary>
    public static void MapServices(WebApplication app)
    {
        app.MapEnrollment();
        app.MapAccess();
        app.MapArtifacts();
        app.MapFleetServices();
        app.MapTails();
        app.MapScans();
        app.MapHits();
        app.MapAlerts();
        app.MapControl();
    }
}
