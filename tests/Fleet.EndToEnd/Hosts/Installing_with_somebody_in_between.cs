namespace Fleet.EndToEnd.Hosts;

[Collection(HostTests.Name)]
public sealed class Installing_with_somebody_in_between(HostFleet fixture)
{
    // What a host writes by itself all the time.
    private static readonly string[] s_hostsOwn = ["/var/log", "/run/log", "/run/systemd", "/run/udev", "/run/dbus", "/run/utmp", "/var/lib/systemd"];

    [HostFact]
    public async Task A_man_in_the_middle_gets_no_request_and_the_host_is_not_changed()
    {
        var host = fixture.Hosts[HostFleet.NewHost];
        await using var impostor = new Impostor(fixture.Hosts.Gateway);
        var line = await fixture.Setup.CreateLineAsync();
        var astray = line.Replace(fixture.Fleet.Controller.Address, impostor.Address.ToString(), StringComparison.Ordinal);
        astray.ShouldNotBe(line);
        var before = await host.SnapshotAsync();

        var said = await host.ExecAsync("/bin/sh", "-c", astray);

        said.ExitCode.ShouldBe(1, said.ToString());
        said.Stderr.ShouldContain("curl: (90)", customMessage: said.ToString());
        impostor.Connections.ShouldBeGreaterThan(0);
        impostor.Told.ShouldBe("", "the token, or even the path, was told");
        before.Differences(await host.SnapshotAsync(), s_hostsOwn).ShouldBeEmpty();
    }

    [HostFact]
    public async Task An_enrollment_that_is_led_astray_does_not_tell_its_token()
    {
        var web1 = fixture.Hosts["web1"];
        await using var impostor = new Impostor(fixture.Hosts.Gateway);
        var token = await fixture.Fleet.CreateTokenAsync();

        // web1 has the program; its own identity is not touched.
        var refused = await web1.ExecAsync("/bin/sh", "-c", $"FLEET_AGENT_TOKEN={token} fleet-agent enroll --state /root/other --controller {impostor.Address}; code=$?; rm -rf /root/other; exit $code");

        refused.ExitCode.ShouldBe(1, refused.ToString());
        impostor.Connections.ShouldBeGreaterThan(0);
        impostor.Told.ShouldNotContain(token.Split('.')[3]);
    }
}
