using Fleet.Harness;

namespace Fleet.Benchmarks.Scans;

/// <summary>Scans are applied as an operator applies them: a file, and `fleet scan apply`.</summary>
internal static class ScanFile
{
    /// <summary>Applies a scan file.</summary>
    public static async Task ApplyAsync(FleetOnThisMachine fleet, string yaml)
    {
        var path = Path.Combine(fleet.Directory, "scans.yaml");
        await File.WriteAllTextAsync(path, yaml);
        var result = await fleet.Admin.RunAsync("scan", "apply", "-f", path);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"The scans were not applied: {result}");
    }
}
