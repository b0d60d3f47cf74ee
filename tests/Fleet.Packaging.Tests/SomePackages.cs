using System.Diagnostics.CodeAnalysis;

namespace Fleet.Packaging.Tests;

/// <summary>Packages as installers/package makes them, around stand-in programs: real ones take minutes to compile.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public sealed class SomePackages : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-packages-").FullName;

    /// <summary>The packages of the first run.</summary>
    public string First => Path.Combine(_directory, "first", "packages");

    /// <summary>The packages of the second run.</summary>
    public string Second => Path.Combine(_directory, "second", "packages");

    /// <summary>Packages of the version after.</summary>
    public string Newer => Path.Combine(_directory, "newer", "packages");

    /// <summary>Packages for both architectures.</summary>
    public string Both => Path.Combine(_directory, "both", "packages");

    public async Task InitializeAsync()
    {
        // Where this machine cannot make packages the tests are skipped.
        if (Prerequisites.Missing("dpkg", "rpm") is not null)
            return;
        await WriteProgramAsync("agent/fleet-agent", """
            #!/bin/sh
            echo "$@" >> /var/log/fleet-agent.calls
            case "$1" in
            version) echo "fleet-agent 1.2.3" ;;
            enroll) mkdir -p /var/lib/fleet-agent && echo "$FLEET_AGENT_TOKEN" "$FLEET_AGENT_PROXY" > /var/lib/fleet-agent/identity.pem ;;
            leave) rm -f /var/lib/fleet-agent/identity.pem ;;
            esac
            """);
        await WriteProgramAsync("cli/fleet", "#!/bin/sh\necho \"# completion for $2\"\n");
        await WriteProgramAsync("controller/fleet-controller", "#!/bin/sh\necho controller\n");
        await WriteProgramAsync("controller/libe_sqlite3.so", "");
        await MakeAsync("first");
        await MakeAsync("second");
        await MakeAsync("newer", "1.2.4");
        foreach (var program in new[] { "agent/fleet-agent", "cli/fleet", "controller/fleet-controller", "controller/libe_sqlite3.so" })
            await WriteProgramAsync("arm64/" + program, "#!/bin/sh\necho for arm64\n");
        await MakeAsync("both");
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return Task.CompletedTask;
    }

    private async Task WriteProgramAsync(string name, string text)
    {
        var path = Path.Combine(_directory, "publish", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    private async Task MakeAsync(string run, string version = "1.2.3")
    {
        Directory.CreateDirectory(Path.Combine(_directory, run));
        var made = await Shell.RunAsync("bash", ["installers/package"], new Dictionary<string, string>
        {
            ["FLEET_PUBLISH"] = Path.Combine(_directory, "publish"),
            ["FLEET_PACKAGES"] = Path.Combine(_directory, run, "packages"),
            ["FLEET_VERSION"] = version,
            ["SOURCE_DATE_EPOCH"] = "1700000000",
        });
        made.ExitCode.ShouldBe(0, made.Text);
    }
}
