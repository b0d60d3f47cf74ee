namespace Fleet.Packaging.Tests;

/// <summary>Both packages in both forms, with the real dpkg and rpm: installed, upgraded to the next version, removed.</summary>
public sealed class LifecycleTests(SomePackages packages) : IClassFixture<SomePackages>
{
    // What systemd was asked to do with the service since the calls were last forgotten, without questions about it.
    private const string Asked = "grep -oxE '(.* )?(start|stop|restart|try-restart|reload) .*' /var/log/systemctl.calls | grep -owE 'start|stop|restart|try-restart|reload' | sort | uniq -c | xargs; true";

    private static readonly (string Name, string Setting)[] s_both = [("fleet-agent", "/etc/fleet/agent.json"), ("fleet-controller", "/etc/fleet/controller.json")];

    [SandboxFact("dpkg", "rpm")]
    public async Task An_upgraded_deb_restarts_what_runs_once_and_starts_nothing_that_was_stopped()
    {
        foreach (var (name, setting) in s_both)
        {
            using var sandbox = new Sandbox();
            var done = await sandbox.RunAsync($$"""
                set -e
                install() { dpkg --force-depends -i "$1/{{name}}_$2_amd64.deb" > /tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; exit 1; }; }
                install {{packages.First}} 1.2.3
                echo '{ }' > {{setting}}

                systemctl start {{name}}.service; : > /var/log/systemctl.calls
                install {{packages.Newer}} 1.2.4
                echo "running: $({{Asked}})"

                systemctl stop {{name}}.service; : > /var/log/systemctl.calls
                install {{packages.First}} 1.2.3
                echo "stopped: $({{Asked}})"
                echo "settings: $(cat {{setting}})"
                """, hasSystemd: true);

            done.ExitCode.ShouldBe(0, done.Text);
            done.Text.ShouldBe("running: 1 restart\nstopped: \nsettings: { }\n", name);
        }
    }

    [SandboxFact("dpkg", "rpm")]
    public async Task An_upgraded_rpm_restarts_what_runs_once_and_starts_nothing_that_was_stopped()
    {
        foreach (var (name, setting) in s_both)
        {
            using var sandbox = new Sandbox();
            var done = await sandbox.RunAsync($$"""
                set -e
                package() { rpm --dbpath /tmp/rpmdb --nodeps "$@" > /tmp/rpm.log 2>&1 || { cat /tmp/rpm.log; exit 1; }; }
                package -i {{packages.First}}/{{name}}-1.2.3-1.x86_64.rpm
                echo '{ }' > {{setting}}

                systemctl start {{name}}.service; : > /var/log/systemctl.calls
                package -U {{packages.Newer}}/{{name}}-1.2.4-1.x86_64.rpm
                echo "running: $({{Asked}})"

                : > /var/log/systemctl.calls
                package -U --oldpackage {{packages.First}}/{{name}}-1.2.3-1.x86_64.rpm
                echo "downgraded: $({{Asked}})"
                echo "settings: $(cat {{setting}})"
                rpm --dbpath /tmp/rpmdb --nodeps -V {{name}} | grep -v ' c /etc/fleet/' || echo "as it was packed"

                package -e {{name}}
                test ! -e /usr/bin/{{name}} && test ! -e /usr/lib/systemd/system/{{name}}.service
                echo "kept: $(cd /etc/fleet && ls)"
                """, hasSystemd: true);

            done.ExitCode.ShouldBe(0, done.Text);
            done.Text.ShouldBe($$"""
                running: 1 try-restart
                downgraded: 1 try-restart
                settings: { }
                as it was packed
                kept: {{Path.GetFileName(setting)}}.rpmsave

                """.ReplaceLineEndings("\n"), name);
        }
    }

    [SandboxFact("dpkg", "rpm")]
    public async Task The_controllers_user_and_directory_come_with_its_package_and_only_a_purge_takes_its_state()
    {
        using var sandbox = new Sandbox();
        var done = await sandbox.RunAsync($$"""
            set -e
            shown() { stat -c '%a %U:%G' /var/lib/fleet-controller; getent passwd fleet-controller | cut -d : -f 6-; }
            { dpkg --force-depends -i {{packages.First}}/fleet-controller_1.2.3_amd64.deb; } > /tmp/log 2>&1 || cat /tmp/log
            shown
            echo key > /var/lib/fleet-controller/trust
            { dpkg --remove fleet-controller; } > /tmp/log 2>&1 || cat /tmp/log
            ls /var/lib/fleet-controller /etc/fleet
            { dpkg --purge fleet-controller; } > /tmp/log 2>&1 || cat /tmp/log
            test ! -e /var/lib/fleet-controller && test ! -e /etc/fleet && echo purged
            deluser --quiet fleet-controller 2> /dev/null; delgroup --quiet fleet-controller 2> /dev/null || true
            rpm --dbpath /tmp/rpmdb --nodeps -i {{packages.First}}/fleet-controller-1.2.3-1.x86_64.rpm > /tmp/log 2>&1 || cat /tmp/log
            shown
            """, hasSystemd: true);

        done.ExitCode.ShouldBe(0, done.Text);
        done.Text.ShouldBe("""
            700 fleet-controller:fleet-controller
            /var/lib/fleet-controller:/usr/sbin/nologin
            /etc/fleet:
            controller.json

            /var/lib/fleet-controller:
            trust
            purged
            700 fleet-controller:fleet-controller
            /var/lib/fleet-controller:/sbin/nologin

            """.ReplaceLineEndings("\n"));
    }
}
