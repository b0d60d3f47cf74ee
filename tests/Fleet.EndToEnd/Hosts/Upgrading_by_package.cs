using System.Globalization;
using Fleet.Harness;
using Fleet.Hosts;
using Xunit.Abstractions;

namespace Fleet.EndToEnd.Hosts;

/// <summary>A .deb and an .rpm under a real systemd: the next version, the one before, and away.</summary>
[Collection(HostTests.Name)]
public sealed class Upgrading_by_package : IAsyncLifetime
{
    private const string Newer = "0.9.0";
    private const string Settings = "/etc/fleet/agent.json";
    private readonly HostFleet _fixture;
    private readonly ITestOutputHelper _output;
    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-newer-").FullName;

    public Upgrading_by_package(HostFleet fixture, ITestOutputHelper output) => (_fixture, _output) = (fixture, output);

    private TestHost Host => _fixture.Hosts[HostFleet.NewHost];

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Whatever became of the test: the host is new again for the next one.</summary>
    public async Task DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        if (_fixture.Hosts is null)
            return;
        var rpm = new RpmOnHost(Host);
        await rpm.RemoveAsync("fleet-agent");
        await Host.ShellAsync("if dpkg-query -s fleet-agent >/dev/null 2>&1; then dpkg --purge fleet-agent; fi");
        await Host.ShellAsync("rm -f /root/*.rpm /root/*.deb; rm -rf /etc/fleet /var/lib/fleet-agent");
    }

    [HostFact]
    public async Task A_deb_restarts_the_agent_once_keeps_settings_and_starts_nothing_that_was_stopped()
    {
        var newer = await _fixture.Packages.MakeVersionAsync(_directory, Newer);
        await _fixture.Setup.InstallPackageAsync(Host);
        await UntilOnlineAsync();

        await ShouldRestartOnceAsync(() => InstallDebAsync(newer.Deb));
        (await Host.ShellAsync("dpkg-query -W -f '${Version} ${db:Status-Status}' fleet-agent")).ShouldBe($"{Newer} installed");

        await Host.ShellAsync("systemctl disable --quiet --now fleet-agent");
        await InstallDebAsync(_fixture.Packages.Deb);
        (await Host.ExecAsync("systemctl", "is-active", "fleet-agent")).Stdout.ShouldBe("inactive\n");
        (await Host.ExecAsync("systemctl", "is-enabled", "fleet-agent")).Stdout.ShouldBe("disabled\n");

        await Host.ShellAsync("dpkg --remove fleet-agent");
        (await Host.ShellAsync($"cat {Settings}; ls /var/lib/fleet-agent/identity.pem 2>/dev/null; true")).ShouldBe("{ \"maxTasks\": 3 }\n");
        await ShouldBeGoneAsync();
    }

    [HostFact]
    public async Task An_rpm_restarts_the_agent_once_keeps_settings_and_takes_the_service_away_with_it()
    {
        var newer = await _fixture.Packages.MakeVersionAsync(_directory, Newer);
        var rpm = new RpmOnHost(Host);
        await rpm.PutAsync();
        Host.CopyIn(_fixture.Packages.Rpm, "/root/this.rpm");
        Host.CopyIn(newer.Rpm, "/root/newer.rpm");

        (await rpm.RunAsync("-i --nodeps /root/this.rpm")).ShouldContain("Enroll this host");
        (await Host.ExecAsync("systemctl", "is-active", "fleet-agent")).Stdout.ShouldBe("inactive\n", "it is not enrolled");
        var token = await _fixture.Fleet.CreateTokenAsync();
        await Host.ShellAsync($"fleet-agent enroll --controller {_fixture.Fleet.Controller.Address} --token {token} && systemctl enable --quiet --now fleet-agent");
        await UntilOnlineAsync();

        await ShouldRestartOnceAsync(() => rpm.RunAsync("-U --nodeps /root/newer.rpm"));
        (await rpm.RunAsync("-q fleet-agent")).ShouldStartWith($"fleet-agent-{Newer}-1");
        await ShouldRestartOnceAsync(() => rpm.RunAsync("-U --nodeps --oldpackage /root/this.rpm"));

        _output.WriteLine(await rpm.RunAsync("-e --nodeps fleet-agent"));
        (await Host.ShellAsync("cat /etc/fleet/agent.json.rpmsave")).ShouldBe("{ \"maxTasks\": 3 }\n");
        await ShouldBeGoneAsync();
    }

    /// <summary>A new process, started once, linked, with the settings from before.</summary>
    private async Task ShouldRestartOnceAsync(Func<Task> install)
    {
        await Host.WriteAsync(Settings, "{ \"maxTasks\": 3 }\n");
        var (process, starts) = (await MainProcessAsync(), await StartsAsync());
        await install();
        await Patience.UntilAsync("the agent was started again", async () => await StartsAsync() > starts);
        await UntilOnlineAsync();
        (await MainProcessAsync()).ShouldNotBe(process);
        (await StartsAsync()).ShouldBe(starts + 1);
        (await Host.ShellAsync($"cat {Settings}")).ShouldBe("{ \"maxTasks\": 3 }\n");
    }

    /// <summary>No process, no unit, and the controller knows.</summary>
    private async Task ShouldBeGoneAsync()
    {
        (await Host.ExecAsync("pgrep", "-a", "fleet-agent")).Stdout.ShouldBe("");
        (await Host.ShellAsync("systemctl list-unit-files --no-legend 'fleet*'; ls /usr/bin/fleet-agent 2>/dev/null; true")).ShouldBe("");
        (await _fixture.Fleet.Admin.RunAsync("agents", "list", "--json")).Stdout.ShouldNotContain($"\"{Host.Name}\"");
    }

    private async Task InstallDebAsync(string deb)
    {
        Host.CopyIn(deb, "/root/fleet-agent.deb");
        _output.WriteLine(await Host.ShellAsync("DEBIAN_FRONTEND=noninteractive dpkg -i /root/fleet-agent.deb </dev/null 2>&1"));
    }

    // As systemd wrote it down: each start of the service, since the host has booted.
    private async Task<int> StartsAsync() => int.Parse(
        await Host.ShellAsync("journalctl --sync; journalctl -q -b -o cat _PID=1 UNIT=fleet-agent.service | grep -c '^Started ' || true"),
        CultureInfo.InvariantCulture);

    private Task<string> MainProcessAsync() => Host.ShellAsync("systemctl show -P MainPID fleet-agent");

    private Task UntilOnlineAsync() =>
        Patience.UntilAsync($"{Host.Name} is online", () => JobOnHost.IsOnlineAsync(_fixture.Fleet.Admin, Host.Name));
}
