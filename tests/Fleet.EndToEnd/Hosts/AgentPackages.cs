using Fleet.Harness;

namespace Fleet.EndToEnd.Hosts;

/// <summary>The agent as it is shipped: its .deb, and what a controller gives to hosts that are installed with one line.</summary>
/// <remarks>
/// Those of `dotnet cake --target=Package` where they are as new as the build under test; else made here by the same scripts, of the
/// agent under test where that is compiled natively, as in `dotnet cake --target=Test`, else of one that is compiled here, which takes a minute.
/// </remarks>
internal sealed class AgentPackages
{
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;
    private static readonly TimeSpan MakeLimit = TimeSpan.FromMinutes(10);
    private static readonly string Artifacts = Repository.At("artifacts");

    private static readonly Lazy<Task<AgentPackages>> Made = new(FindOrMakeAsync);

    private readonly string _directory;
    private readonly string _tarball;

    private AgentPackages(string directory, string shelf)
    {
        _directory = directory;
        _tarball = Directory.EnumerateFiles(directory, "fleet-agent-*-linux-x64.tar.gz").Single();
        Deb = Directory.EnumerateFiles(directory, "fleet-agent_*_amd64.deb").Single();
        Rpm = Directory.EnumerateFiles(directory, "fleet-agent-*.x86_64.rpm").Single();
        Shelf = shelf;
    }

    /// <summary>The Debian package.</summary>
    public string Deb { get; }

    /// <summary>The same for Fedora and its like.</summary>
    public string Rpm { get; }

    /// <summary>A directory of artifacts for a controller.</summary>
    public string Shelf { get; }

    /// <summary>Finds or makes them, once for the whole process.</summary>
    public static Task<AgentPackages> EnsureAsync() => Made.Value;

    /// <summary>The same with a directory of artifacts of its own, that a test may add to.</summary>
    /// <param name="shelf">The directory; an empty one.</param>
    public AgentPackages WithShelf(string shelf)
    {
        foreach (var file in Directory.EnumerateFiles(Shelf))
            File.Copy(file, Path.Combine(shelf, Path.GetFileName(file)));
        return new AgentPackages(_directory, shelf);
    }

    private static async Task<AgentPackages> FindOrMakeAsync()
    {
        var packages = Path.Combine(Artifacts, "packages");
        if (!IsFresh(packages))
        {
            packages = Path.Combine(Artifacts, "hosts", "packages");
            if (!IsFresh(packages))
                await MakeAsync(Path.Combine(Artifacts, "hosts", "publish"), packages);
        }

        var shelf = Directory.CreateDirectory(Path.Combine(Artifacts, "hosts", "shelf")).FullName;
        foreach (var old in Directory.EnumerateFiles(shelf))
            File.Delete(old);
        foreach (var tarball in Directory.EnumerateFiles(packages, "fleet-agent-*-linux-x64.tar.gz"))
            File.Copy(tarball, Path.Combine(shelf, Path.GetFileName(tarball)));
        File.Copy(Repository.At("installers", "tarball", "install.sh"), Path.Combine(shelf, "install.sh"));
        return new AgentPackages(packages, shelf);
    }

    /// <summary>Makes packages of the same program under another number, in another directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="version">The number; empty for the build's own.</param>
    public async Task<AgentPackages> MakeVersionAsync(string directory, string version)
    {
        var (publish, packages) = (Path.Combine(directory, "publish"), Path.Combine(directory, "packages"));
        var agent = Directory.CreateDirectory(Path.Combine(publish, "agent")).FullName;
        var unpacked = await OneShot.RunAsync("tar", ["-xzf", _tarball, "-C", agent, "--strip-components=1"]);
        unpacked.ExitCode.ShouldBe(0, unpacked.ToString());
        await PackAsync(publish, packages, version);
        return new AgentPackages(packages, packages);
    }

    private static bool IsFresh(string packages) =>
        Directory.Exists(packages)
        && Directory.EnumerateFiles(packages, "fleet-agent*").Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Min() >= Built(Binaries.Agent);

    /// <summary>When what a program is made of was compiled last.</summary>
    internal static DateTime Built(string program) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(program)!, "*leet*.dll").Append(program).Select(File.GetLastWriteTimeUtc).Max();

    private static async Task MakeAsync(string publish, string packages)
    {
        if (Binaries.IsNative(Binaries.Agent))
        {
            if (Directory.Exists(publish))
                Directory.Delete(publish, recursive: true);
            var agent = Directory.CreateDirectory(Path.Combine(publish, "agent")).FullName;
            File.Copy(Binaries.Agent, Path.Combine(agent, Path.GetFileName(Binaries.Agent)));
        }
        else
        {
            await RunAsync("publish", "agent", new() { ["FLEET_PUBLISH"] = publish });
        }

        await PackAsync(publish, packages, "");
    }

    /// <summary>Packages of controller and CLI are made along with the agent's, around programs that run the build under test where it is there.</summary>
    private static async Task PackAsync(string publish, string packages, string version)
    {
        foreach (var program in new[] { "cli/fleet", "controller/fleet-controller", "controller/libe_sqlite3.so" })
        {
            var file = Path.Combine(publish, program);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var under = $"{ControllerPackages.Build}/{program}";
            await File.WriteAllTextAsync(file, $"#!/bin/sh\n[ ! -x {under} ] || exec {under} \"$@\"\n");
            File.SetUnixFileMode(file, Executable);
        }

        await RunAsync("package", "", new() { ["FLEET_PUBLISH"] = publish, ["FLEET_PACKAGES"] = packages, ["FLEET_VERSION"] = version });
    }

    private static async Task RunAsync(string script, string argument, Dictionary<string, string> environment)
    {
        // The outer `dotnet test` tells its children where its own SDK parts are; another `dotnet` must find its own.
        string[] unset = ["-u", "MSBuildSDKsPath", "-u", "MSBuildExtensionsPath", "-u", "MSBUILD_EXE_PATH", "-u", "DOTNET_HOST_PATH"];
        var result = await OneShot.RunAsync(
            "env", [.. unset, "bash", Repository.At("installers", script), argument], environment, limit: MakeLimit);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"installers/{script}: {result}");
    }
}
