using Fleet.Harness;
using Fleet.Hosts;

namespace Fleet.EndToEnd.Hosts;

[Collection(HostTests.Name)]
public sealed class Agents_on_real_hosts
{
    private readonly FleetOnThisMachine _fleet;
    private readonly HostPool _hosts;

    public Agents_on_real_hosts(HostFleet fixture)
    {
        _fleet = fixture.Fleet;
        _hosts = fixture.Hosts;
    }

    [HostFact]
    public async Task A_host_that_is_rebooted_comes_back_with_its_agent()
    {
        var host = _hosts["web2"];
        var boot = await host.ShellAsync("cat /proc/sys/kernel/random/boot_id");
        await host.RebootAsync();
        (await host.ShellAsync("cat /proc/sys/kernel/random/boot_id")).ShouldNotBe(boot);
        await _fleet.WaitOnlineAsync(3);
        (await _fleet.Admin.RunAsync("exec", "web2", "--", "hostname")).Stdout.ShouldBe("--- web2 succeeded\nweb2\n");
    }

    [HostFact]
    public async Task A_command_runs_on_every_host_below_its_own_systemd()
    {
        var result = await _fleet.Admin.RunAsync("exec", "--all", "-c", "cat /proc/1/comm; hostname");
        result.ExitCode.ShouldBe(0, result.ToString());
        foreach (var host in _hosts.Hosts)
            result.Stdout.ShouldContain($"--- {host.Name} succeeded\nsystemd\n{host.Name}\n");
    }
}
