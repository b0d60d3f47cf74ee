using System.Diagnostics;
using Fleet.Harness;
using Fleet.Hosts;
using Xunit.Abstractions;

namespace Fleet.EndToEnd.Hosts;

[Collection(HostTests.Name)]
public sealed class Installing_and_removing_agents
{
    // What a host writes by itself all the time, and systemd's own books of units.
    private static readonly string[] HostsOwn = ["/var/log", "/run/log", "/run/systemd", "/run/udev", "/run/dbus", "/run/utmp", "/var/lib/systemd"];

    // dpkg's books and the caches of its helpers.
    private static readonly string[] PackageManagers = ["/var/lib/dpkg", "/var/cache", "/run/lock"];

    private readonly HostFleet _fixture;
    private readonly TestHost _host;
    private readonly ITestOutputHelper _output;

    public Installing_and_removing_agents(HostFleet fixture, ITestOutputHelper output)
    {
        _fixture = fixture;
        _host = fixture.Hosts[HostFleet.NewHost];
        _output = output;
    }

    private FleetOnThisMachine Fleet => _fixture.Fleet;

    [HostFact]
    public async Task One_line_makes_a_host_an_agent_twice_is_harmless_and_uninstall_leaves_nothing()
    {
        var before = await _host.SnapshotAsync();

        // 1. One line.
        var line = await _fixture.Setup.CreateLineAsync();
        var clock = Stopwatch.StartNew();
        var said = await _host.ShellAsync(line);
        await UntilOnlineAsync();
        _output.WriteLine($"from the line to the connected agent: {clock.Elapsed.TotalSeconds:0.0} s\n{said}");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
        (await Fleet.Admin.RunAsync("exec", _host.Name, "--", "hostname")).Stdout.ShouldBe($"--- {_host.Name} succeeded\n{_host.Name}\n");

        // 2. The same line again.
        var process = await MainProcessAsync();
        var again = await _host.ShellAsync(line);
        again.ShouldContain("left alone", customMessage: again);
        (await MainProcessAsync()).ShouldBe(process);

        // 3. Gone.
        _output.WriteLine(await _host.ShellAsync("fleet-agent uninstall --purge"));
        await ShouldBeGoneAsync();
        before.Differences(await _host.SnapshotAsync(), HostsOwn).ShouldBeEmpty();
    }

    [HostFact]
    public async Task A_package_makes_a_host_an_agent_and_purging_it_leaves_nothing()
    {
        var before = await _host.SnapshotAsync();
        await _fixture.Setup.InstallPackageAsync(_host);
        await UntilOnlineAsync();

        await _host.ShellAsync("dpkg --purge fleet-agent");
        await ShouldBeGoneAsync();
        before.Differences(await _host.SnapshotAsync(), [.. HostsOwn, .. PackageManagers]).ShouldBeEmpty();
    }

    /// <summary>No process, no unit, nothing in systemd's books, and the controller knows.</summary>
    private async Task ShouldBeGoneAsync()
    {
        (await _host.ExecAsync("pgrep", "-a", "fleet-agent")).Stdout.ShouldBe("");
        (await _host.ShellAsync("systemctl list-units --all --plain --no-legend 'fleet*'; systemctl list-unit-files --no-legend 'fleet*'; true")).ShouldBe("");
        (await _host.ShellAsync("find /var/lib/systemd /run/systemd /sys/fs/cgroup -name '*fleet*'")).ShouldBe("");
        (await Fleet.Admin.RunAsync("agents", "list", "--json")).Stdout.ShouldNotContain($"\"{_host.Name}\"");
    }

    private Task<string> MainProcessAsync() => _host.ShellAsync("systemctl show -P MainPID fleet-agent");

    private Task UntilOnlineAsync() =>
        Patience.UntilAsync($"{_host.Name} is online", () => JobOnHost.IsOnlineAsync(Fleet.Admin, _host.Name));
}
