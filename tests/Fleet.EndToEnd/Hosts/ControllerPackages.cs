using System.Runtime.InteropServices;
using Fleet.Harness;
using Fleet.Hosts;

namespace Fleet.EndToEnd.Hosts;

/// <summary>The packages of a controller and of an agent, as `dotnet cake --target=Package` makes them, on a host.</summary>
/// <remarks>
/// Where those are missing, or older than the build under test, others are made by the same script: the programs in the controller's run
/// the build under test, which is put on the host with its runtime. Compiling them for hosts without one takes minutes.
/// </remarks>
internal static class ControllerPackages
{
    /// <summary>Where programs in packages find the build under test.</summary>
    public const string Build = "/opt/fleet-build";

    private const string Runtime = "/usr/share/dotnet";
    private const int SmallestReal = 10_000_000;
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    /// <summary>Puts them into /root; whether they are the shipped ones.</summary>
    /// <param name="host">The host.</param>
    /// <param name="agent">The agent that goes with them.</param>
    /// <param name="directory">Where packages may be made.</param>
    public static async Task<bool> PutAsync(TestHost host, AgentPackages agent, string directory)
    {
        var packages = Repository.At("artifacts", "packages");
        var isShipped = IsReal(packages);
        if (!isShipped)
        {
            packages = Path.GetDirectoryName((await agent.MakeVersionAsync(directory, "")).Deb)!;
            PutBuild(host);
        }

        foreach (var deb in Directory.EnumerateFiles(packages, "*.deb"))
            host.CopyIn(deb, $"/root/{Path.GetFileName(deb)}");
        return isShipped;
    }

    /// <summary>Takes away what was put there.</summary>
    public static Task RemoveAsync(TestHost host) => host.ShellAsync($"rm -rf /root/*.deb {Build} {Runtime}");

    private static bool IsReal(string packages)
    {
        if (!Directory.Exists(packages) || Directory.GetFiles(packages, "fleet-controller_*_amd64.deb") is not [var deb])
            return false;
        var built = new[] { Binaries.Agent, Binaries.Cli, Binaries.Controller }.Max(AgentPackages.Built);
        return new FileInfo(deb).Length >= SmallestReal && File.GetLastWriteTimeUtc(deb) >= built;
    }

    private static void PutBuild(TestHost host)
    {
        CopyTree(host, Path.GetDirectoryName(Binaries.Controller)!, $"{Build}/controller");
        CopyTree(host, Path.GetDirectoryName(Binaries.Cli)!, $"{Build}/cli");
        // .../shared/Microsoft.NETCore.App/<version>/
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach (var part in new[] { "host", "shared" })
            CopyTree(host, Path.Combine(root, part), $"{Runtime}/{part}");
    }

    private static void CopyTree(TestHost host, string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            host.CopyIn(file, $"{to}/{Path.GetRelativePath(from, file)}", Executable);
    }
}
