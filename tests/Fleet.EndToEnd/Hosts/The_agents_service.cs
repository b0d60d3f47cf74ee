using System.Diagnostics;
using Fleet.Harness;
using Xunit.Abstractions;

namespace Fleet.EndToEnd.Hosts;

/// <summary>What systemd sees of the agent.</summary>
[Collection(HostTests.Name)]
public sealed class The_agents_service(HostFleet fixture, ITestOutputHelper output)
{
    [HostFact]
    public async Task A_controller_that_is_away_does_not_hold_up_the_start()
    {
        var host = fixture.Hosts["web1"];
        await fixture.Fleet.Controller.StopAsync();
        try
        {
            // systemctl waits until the service has said that it is ready, or failed.
            var clock = Stopwatch.StartNew();
            await host.ShellAsync("systemctl restart fleet-agent");
            output.WriteLine($"started without a controller in {clock.Elapsed.TotalSeconds:0.00} s");
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
            (await host.ShellAsync("systemctl is-active fleet-agent")).ShouldBe("active\n");
            await Patience.UntilAsync("systemd is told why there is no link", async () =>
                (await host.ShellAsync("systemctl show -P StatusText fleet-agent")).StartsWith("Disconnected: ", StringComparison.Ordinal));
        }
        finally
        {
            await fixture.Fleet.Controller.StartAsync();
        }

        await fixture.Fleet.WaitOnlineAsync(HostFleet.WithAgents.Count);
        (await host.ShellAsync("systemctl show -P StatusText fleet-agent")).ShouldBe("Connected\n");
    }

    [HostFact]
    public async Task An_agent_that_hangs_is_started_again_by_its_watchdog()
    {
        var host = fixture.Hosts["web2"];
        await host.ShellAsync("mkdir -p /run/systemd/system/fleet-agent.service.d && printf '[Service]\nWatchdogSec=3s\n' >/run/systemd/system/fleet-agent.service.d/hasty.conf && systemctl daemon-reload && systemctl restart fleet-agent");
        try
        {
            await fixture.Fleet.WaitOnlineAsync(HostFleet.WithAgents.Count);
            var process = (await host.ShellAsync("systemctl show -P MainPID fleet-agent")).Trim();
            await host.ShellAsync($"kill -STOP {process}");
            await Patience.UntilAsync("another process runs", async () =>
                (await host.ShellAsync("systemctl show -P MainPID -P ActiveState fleet-agent")).Split('\n') is [var now, "active", ..] && now != process && now != "0",
                TimeSpan.FromSeconds(60));
            (await host.JournalAsync("--unit=fleet-agent", "--boot")).ShouldContain("Watchdog timeout");
        }
        finally
        {
            await host.ShellAsync("rm -r /run/systemd/system/fleet-agent.service.d && systemctl daemon-reload && systemctl restart fleet-agent");
        }

        await fixture.Fleet.WaitOnlineAsync(HostFleet.WithAgents.Count);
    }
}
