using Fleet.Harness;
using Fleet.Hosts;

namespace Fleet.EndToEnd.Hosts;

/// <summary>Puts an agent on a host as a service.</summary>
internal static class AgentPackage
{
    private const string Directory = "/opt/fleet-agent";
    private const string Runtime = "/usr/share/dotnet";
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    private const string Unit = """
        [Unit]
        Description=Fleet agent
        After=network-online.target
        Wants=network-online.target

        [Service]
        ExecStart=/opt/fleet-agent/fleet-agent run
        Environment=DOTNET_ROOT=/usr/share/dotnet
        Restart=always
        RestartSec=1
        Delegate=yes
        KillMode=mixed

        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>The natively compiled agent needs nothing of this machine; the one of the ordinary build needs .NET.</summary>
    public static string[] SharedDirectories => IsNative ? [] : [Runtime];

    /// <summary>Whether it is the natively compiled agent; one that is older than the ordinary build is not what is to be tested.</summary>
    public static bool IsNative { get; } = Binaries.NativeAgent is { } native
        && File.GetLastWriteTimeUtc(native) >= File.GetLastWriteTimeUtc(Binaries.Agent + ".dll");

    /// <summary>Installs, enrols and starts it.</summary>
    public static async Task InstallAsync(TestHost host, string controller, string token)
    {
        foreach (var file in Files())
            host.CopyIn(file, $"{Directory}/{Path.GetFileName(file)}", Executable);
        await host.WriteAsync("/etc/systemd/system/fleet-agent.service", Unit);
        await host.ShellAsync($"DOTNET_ROOT={Runtime} {Directory}/fleet-agent enrol --controller {controller} --token {token}");
        await host.ShellAsync("systemctl daemon-reload && systemctl enable --quiet --now fleet-agent");
    }

    private static IEnumerable<string> Files() => IsNative
        ? [Binaries.NativeAgent!]
        : System.IO.Directory.EnumerateFiles(Path.GetDirectoryName(Binaries.Agent)!).Where(f => !f.EndsWith(".pdb", StringComparison.Ordinal));
}
