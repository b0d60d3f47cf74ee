using Fleet.Harness;

namespace Fleet.Benchmarks;

/// <summary>Which programs are measured, and where results go.</summary>
internal static class Installed
{
    /// <summary>Where the results are written.</summary>
    public static string ResultsDirectory { get; } = Repository.At("artifacts", "bench");

    /// <summary>fleet-simulator.</summary>
    public static string Simulator { get; } = Path.Combine(
        Repository.Root, "tests", "Fleet.Simulator", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "fleet-simulator");

    /// <summary>logsearch-bench, natively compiled where the Bench target left it so.</summary>
    public static string Search { get; } = NativeSearch() ?? Path.Combine(
        Repository.Root, "tests", "Fleet.LogSearch.Bench", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "logsearch-bench");

    /// <summary>Measures what operators install, where Publish has left it. Call it before anything is started.</summary>
    public static void PreferPublished(BenchOptions options)
    {
        if (!options.Published)
            return;
        Prefer("FLEET_CONTROLLER_BINARY", Repository.At("artifacts", "publish", "controller", "fleet-controller"));
        Prefer("FLEET_CLI_BINARY", Repository.At("artifacts", "publish", "cli", "fleet"));
        // Not by Binaries.NativeAgent: Binaries reads the environment once, when it is first looked at.
        Prefer("FLEET_AGENT_BINARY", Repository.At("artifacts", "publish", "agent", "fleet-agent"));
    }

    /// <summary>What was measured, for the report.</summary>
    public static IReadOnlyDictionary<string, string> Programs => new Dictionary<string, string>
    {
        ["controller"] = Path.GetRelativePath(Repository.Root, Binaries.Controller),
        ["agent"] = Path.GetRelativePath(Repository.Root, Binaries.Agent),
        ["cli"] = Path.GetRelativePath(Repository.Root, Binaries.Cli),
        ["search"] = Path.GetRelativePath(Repository.Root, Search),
    };

    private static string? NativeSearch()
    {
        var path = Repository.At("artifacts", "bench-programs", "logsearch", "logsearch-bench");
        return File.Exists(path) ? path : null;
    }

    private static void Prefer(string variable, string path)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)) && File.Exists(path))
            Environment.SetEnvironmentVariable(variable, path);
    }
}
