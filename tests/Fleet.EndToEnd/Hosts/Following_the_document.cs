using System.Text.RegularExpressions;
using Fleet.Harness;
using Fleet.Hosts;
using Xunit.Abstractions;

namespace Fleet.EndToEnd.Hosts;

/// <summary>docs/install.md, tried literally: what stands in its blocks is typed on a host that has nothing of Fleet's.</summary>
[Collection(HostTests.Name)]
public sealed class Following_the_document : IAsyncLifetime
{
    private readonly HostFleet _fixture;
    private readonly ITestOutputHelper _output;
    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-document-").FullName;

    public Following_the_document(HostFleet fixture, ITestOutputHelper output) => (_fixture, _output) = (fixture, output);

    private TestHost Host => _fixture.Hosts[HostFleet.NewHost];

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Whatever became of the test: the host is new again for the next one.</summary>
    public async Task DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        if (_fixture.Hosts is null)
            return;
        await Host.ShellAsync("if [ -e /usr/lib/fleet-agent/manifest ]; then fleet-agent uninstall --purge; fi; dpkg --purge fleet-agent fleet-controller 2>&1");
        await Host.ShellAsync("sed -i /fleet.example.org/d /etc/hosts; rm -rf /root/.config; userdel fleet-controller 2>&1; true");
        await ControllerPackages.RemoveAsync(Host);
    }

    [HostFact]
    public async Task From_the_controllers_package_to_an_agent_by_the_line_by_a_package_and_back_to_nothing()
    {
        _output.WriteLine($"the shipped packages: {await ControllerPackages.PutAsync(Host, _fixture.Packages, _directory)}");
        await Host.ShellAsync($"echo '{Host.Address} fleet.example.org' >>/etc/hosts");

        // 1. The controller, and the first admin's login.
        var said = "";
        foreach (var command in InstallDocument.Commands("The controller"))
            said += await TypeAsync(command);
        await TypeAsync(Regex.Match(said, "fleet login .*").Value);

        // 2. A host, with one line.
        var line = await TypeAsync(InstallDocument.Commands("A host, with one line").Single());
        await TypeAsync(line.Trim());
        await ShouldBeLinkedAsync();
        foreach (var command in InstallDocument.Commands("Changing settings"))
            await TypeAsync(command);
        // `systemctl reload` returns when the signal is sent.
        await Patience.UntilAsync("the settings are read again", async () => (await TypeAsync("journalctl -q -u fleet-controller -n 20")).Contains("Settings reloaded: ", StringComparison.Ordinal));
        await TypeAsync("fleet-agent check-config && fleet-agent status && fleet-agent doctor");
        await TypeAsync("fleet-agent uninstall --purge");

        // 3. With a package.
        var token = (await TypeAsync("fleet token create")).Trim();
        foreach (var command in InstallDocument.Commands("A host, with a package or a tarball"))
            await TypeAsync(command.Replace("TOKEN", token, StringComparison.Ordinal));
        await ShouldBeLinkedAsync();

        // 4. Away.
        await TypeAsync("apt-get purge -y fleet-agent");
        (await Host.ExecAsync("fleet", "agents", "list", "--names")).Stderr.ShouldContain("no host is enrolled yet");
        await TypeAsync("apt-get purge -y fleet-controller");
        (await Host.ShellAsync("ls -d /etc/fleet /var/lib/fleet* /usr/share/fleet* /usr/bin/fleet* 2>/dev/null; systemctl list-unit-files --no-legend 'fleet*'; true")).ShouldBe("");
    }

    private Task ShouldBeLinkedAsync() => Patience.UntilAsync(
        "the agent is linked", async () => (await Host.ExecAsync("fleet", "agents", "list", "online", "--names")).Stdout.Trim() == Host.Name);

    /// <summary>As root at a shell in the directory with the packages; the version is the one that was built.</summary>
    private async Task<string> TypeAsync(string command)
    {
        var line = command.Replace("0.1.0", _fixture.Versions.Built, StringComparison.Ordinal);
        var result = await Host.ExecAsync(["/bin/bash", "-c", $"cd /root && {line}"], null, TimeSpan.FromMinutes(3));
        _output.WriteLine($"# {line}\n{result}");
        result.ExitCode.ShouldBe(0, $"{line}: {result}");
        return result.Stdout;
    }
}
