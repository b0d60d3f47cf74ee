using Fleet.Harness;
using Xunit.Sdk;

namespace Fleet.EndToEnd.Hosts;

/// <summary>A test that needs real hosts and the packages that `dotnet cake --target=Package` makes, the controller's among them: those take minutes to compile.</summary>
[XunitTestCaseDiscoverer("Fleet.EndToEnd.Hosts.HostFactDiscoverer", "Fleet.EndToEnd")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class PackagesFactAttribute : FactAttribute
{
    private const int SmallestReal = 10_000_000;

    public PackagesFactAttribute()
    {
        if (Find("fleet-controller") is null)
            Skip = "needs artifacts/packages: dotnet cake --target=Package";
    }

    /// <summary>A package's .deb; null where there is none, or one around a stand-in.</summary>
    internal static string? Find(string name)
    {
        var packages = Path.Combine(Binaries.Root, "artifacts", "packages");
        return Directory.Exists(packages)
            ? Directory.EnumerateFiles(packages, $"{name}_*_amd64.deb").FirstOrDefault(deb => name != "fleet-controller" || new FileInfo(deb).Length > SmallestReal)
            : null;
    }
}
