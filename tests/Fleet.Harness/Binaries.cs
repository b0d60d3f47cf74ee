namespace Fleet.Harness;

/// <summary>Where the programs under test are.</summary>
public static class Binaries
{
    // .../bin/<configuration>/<framework>/
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>fleet-controller: $FLEET_CONTROLLER_BINARY where set, else the one that was built.</summary>
    public static string Controller { get; } = Chosen("FLEET_CONTROLLER_BINARY") ?? Built("Fleet.Controller", "fleet-controller");

    /// <summary>fleet: $FLEET_CLI_BINARY where set, else the one that was built.</summary>
    public static string Cli { get; } = Chosen("FLEET_CLI_BINARY") ?? Built("Fleet.Cli", "fleet");

    /// <summary>fleet-agent: $FLEET_AGENT_BINARY where set, else the one that was built.</summary>
    public static string Agent { get; } = Chosen("FLEET_AGENT_BINARY") ?? Built("Fleet.Agent", "fleet-agent");

    /// <summary>The natively compiled agent that `dotnet cake --target=Publish` leaves; null where there is none.</summary>
    public static string? NativeAgent
    {
        get
        {
            var path = Repository.At("artifacts", "publish", "agent", "fleet-agent");
            return File.Exists(path) ? path : null;
        }
    }

    /// <summary>Whether a program is all of it in one file, rather than one that starts what lies beside it.</summary>
    public static bool IsNative(string program) => !File.Exists($"{program}.dll");

    private static string? Chosen(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path ? Path.GetFullPath(path) : null;

    private static string Built(string project, string name) =>
        Repository.At("src", project, "bin", Configuration, "net10.0", name);
}
