namespace Fleet.Packaging.Tests;

public sealed class PackageTests(SomePackages packages) : IClassFixture<SomePackages>
{
    private string AgentDeb => Path.Combine(packages.First, "fleet-agent_1.2.3_amd64.deb");

    private string ControllerDeb => Path.Combine(packages.First, "fleet-controller_1.2.3_amd64.deb");

    [ToolFact("dpkg", "rpm")]
    public void Two_runs_on_one_commit_give_the_same_bytes()
    {
        var first = File.ReadAllLines(Path.Combine(packages.First, "SHA256SUMS"));

        first.Length.ShouldBe(7);
        File.ReadAllLines(Path.Combine(packages.Second, "SHA256SUMS")).ShouldBe(first);
    }

    [ToolFact("dpkg", "rpm")]
    public async Task What_is_published_for_arm64_is_packed_for_it_and_all_controllers_have_the_agents_for_both()
    {
        string[] names =
        [
            "fleet-agent-1.2.3-1.aarch64.rpm", "fleet-agent-1.2.3-1.x86_64.rpm", "fleet-agent-1.2.3-linux-arm64.tar.gz", "fleet-agent-1.2.3-linux-x64.tar.gz",
            "fleet-agent_1.2.3_amd64.deb", "fleet-agent_1.2.3_arm64.deb",
            "fleet-controller-1.2.3-1.aarch64.rpm", "fleet-controller-1.2.3-1.x86_64.rpm",
            "fleet-controller-1.2.3-linux-arm64.tar.gz", "fleet-controller-1.2.3-linux-x64.tar.gz",
            "fleet-controller_1.2.3_amd64.deb", "fleet-controller_1.2.3_arm64.deb", "fleet-1.2.3-linux-arm64.tar.gz", "fleet-1.2.3-linux-x64.tar.gz",
        ];
        Directory.EnumerateFiles(packages.Both).Select(Path.GetFileName).ShouldBe([.. names, "SHA256SUMS"], ignoreOrder: true);

        (await Shell.DoAsync("dpkg-deb", "--field", Path.Combine(packages.Both, "fleet-agent_1.2.3_arm64.deb"), "Architecture")).ShouldBe("arm64\n");
        (await Shell.DoAsync("rpm", "-qp", "--qf", "%{ARCH}", Path.Combine(packages.Both, "fleet-agent-1.2.3-1.aarch64.rpm"))).ShouldBe("aarch64");
        (await Shell.DoAsync("dpkg-deb", "--fsys-tarfile", Path.Combine(packages.Both, "fleet-agent_1.2.3_arm64.deb"))).ShouldContain("for arm64");
        foreach (var architecture in new[] { "amd64", "arm64" })
        {
            var controller = await Shell.DoAsync("dpkg-deb", "--contents", Path.Combine(packages.Both, $"fleet-controller_1.2.3_{architecture}.deb"));
            Mode(controller, "./usr/share/fleet-controller/artifacts/fleet-agent-1.2.3-linux-x64.tar.gz").ShouldBe("-rw-r--r-- root/root");
            Mode(controller, "./usr/share/fleet-controller/artifacts/fleet-agent-1.2.3-linux-arm64.tar.gz").ShouldBe("-rw-r--r-- root/root");
        }

        // Of the same programs the same packages are made, whatever else is.
        foreach (var name in new[] { "fleet-agent_1.2.3_amd64.deb", "fleet-agent-1.2.3-1.x86_64.rpm", "fleet-agent-1.2.3-linux-x64.tar.gz" })
            (await File.ReadAllBytesAsync(Path.Combine(packages.Both, name))).ShouldBe(await File.ReadAllBytesAsync(Path.Combine(packages.First, name)));
    }

    [ToolFact("dpkg", "rpm")]
    public async Task Files_are_in_their_places_for_root_with_their_modes()
    {
        var agent = await Shell.DoAsync("dpkg-deb", "--contents", AgentDeb);
        Mode(agent, "./usr/bin/fleet-agent").ShouldBe("-rwxr-xr-x root/root");
        Mode(agent, "./lib/systemd/system/fleet-agent.service").ShouldBe("-rw-r--r-- root/root");
        Mode(agent, "./etc/fleet/agent.json").ShouldBe("-rw-r--r-- root/root");
        agent.Split('\n').ShouldAllBe(line => line.Length == 0 || line.Contains(" root/root "));

        var controller = await Shell.DoAsync("dpkg-deb", "--contents", ControllerDeb);
        Mode(controller, "./usr/bin/fleet").ShouldBe("-rwxr-xr-x root/root");
        controller.ShouldContain("./usr/bin/fleet-controller -> ../lib/fleet-controller/fleet-controller");
        Mode(controller, "./lib/systemd/system/fleet-controller.service").ShouldBe("-rw-r--r-- root/root");
        Mode(controller, "./usr/share/fleet-controller/artifacts/install.sh").ShouldBe("-rwxr-xr-x root/root");
        Mode(controller, "./usr/share/fleet-controller/artifacts/fleet-agent-1.2.3-linux-x64.tar.gz").ShouldBe("-rw-r--r-- root/root");
    }

    [ToolFact("dpkg", "rpm")]
    public async Task Settings_are_kept_over_upgrades_in_both_kinds_of_package()
    {
        (await Shell.DoAsync("dpkg-deb", "--info", AgentDeb, "conffiles")).ShouldBe("/etc/fleet/agent.json\n");
        (await Shell.DoAsync("dpkg-deb", "--info", ControllerDeb, "conffiles")).ShouldBe("/etc/fleet/controller.json\n");
        (await Shell.DoAsync("rpm", "-qpc", Path.Combine(packages.First, "fleet-agent-1.2.3-1.x86_64.rpm"))).ShouldBe("/etc/fleet/agent.json\n");
        (await Shell.DoAsync("rpm", "-qpc", Path.Combine(packages.First, "fleet-controller-1.2.3-1.x86_64.rpm"))).ShouldBe("/etc/fleet/controller.json\n");
    }

    [ToolFact("dpkg", "rpm")]
    public async Task The_controllers_directory_is_its_users_alone() =>
        (await Shell.DoAsync("rpm", "-qp", "--qf", "[%{FILENAMES} %{FILEMODES:perms} %{FILEUSERNAME}\n]", Path.Combine(packages.First, "fleet-controller-1.2.3-1.x86_64.rpm")))
            .ShouldContain("/var/lib/fleet-controller drwx------ fleet-controller\n");

    [SandboxFact("dpkg", "rpm", "systemd")]
    public async Task Units_hold_what_systemd_understands()
    {
        using var sandbox = new Sandbox();
        var tree = Path.Combine(sandbox.Directory, "tree");
        await Shell.DoAsync("dpkg-deb", "--extract", AgentDeb, tree);
        await Shell.DoAsync("dpkg-deb", "--extract", ControllerDeb, tree);

        var verified = await sandbox.RunAsync($"cp -r {tree}/usr/bin {tree}/usr/lib /usr/ && systemd-analyze verify {tree}/lib/systemd/system/*.service");

        verified.Text.ShouldBe("");
        verified.ExitCode.ShouldBe(0);
    }

    [SandboxFact("dpkg", "rpm")]
    public async Task A_package_is_installed_upgraded_removed_and_purged_without_a_trace()
    {
        using var sandbox = new Sandbox();

        // Without a running systemd nothing is started, and nothing fails for that reason.
        var done = await sandbox.RunAsync($$"""
            set -e
            dpkg --force-depends -i {{AgentDeb}}
            test -L /etc/systemd/system/multi-user.target.wants/fleet-agent.service
            echo '{ "maxTasks": 3 }' > /etc/fleet/agent.json
            dpkg --force-depends --force-confold -i {{AgentDeb}}
            grep -q maxTasks /etc/fleet/agent.json
            mkdir -p /var/lib/fleet-agent && echo id > /var/lib/fleet-agent/identity.pem
            dpkg --remove fleet-agent
            test ! -e /usr/bin/fleet-agent && test -e /etc/fleet/agent.json && test -d /var/lib/fleet-agent
            grep -qx leave /var/log/fleet-agent.calls
            test ! -L /etc/systemd/system/multi-user.target.wants/fleet-agent.service
            dpkg --purge fleet-agent
            test ! -e /etc/fleet && test ! -e /var/lib/fleet-agent
            ! {{Sandbox.ListChanges}} | grep fleet
            """);

        done.ExitCode.ShouldBe(0, done.Text);
    }

    [SandboxFact("dpkg", "rpm")]
    public async Task An_rpm_restarts_a_running_agent_once_on_upgrade_and_tells_the_controller_on_removal()
    {
        using var sandbox = new Sandbox();
        var rpm = $"rpm --dbpath /tmp/rpmdb --nodeps";
        var package = Path.Combine(packages.First, "fleet-agent-1.2.3-1.x86_64.rpm");

        var done = await sandbox.RunAsync($$"""
            set -e
            {{rpm}} -i {{package}}
            echo '{ "maxTasks": 3 }' > /etc/fleet/agent.json
            : > /var/log/systemctl.calls
            {{rpm}} -U --force {{package}}
            echo upgrade: $(grep -c restart /var/log/systemctl.calls) $(cat /etc/fleet/agent.json)
            {{rpm}} -e fleet-agent
            grep -x 'disable --now fleet-agent.service\|--no-reload disable --now fleet-agent.service' /var/log/systemctl.calls
            cat /var/log/fleet-agent.calls
            test ! -e /usr/bin/fleet-agent
            """, hasSystemd: true);

        done.ExitCode.ShouldBe(0, done.Text);
        done.Text.ShouldContain("""upgrade: 1 { "maxTasks": 3 }""");
        done.Text.Split('\n').ShouldContain("leave");
    }

    private static string Mode(string listing, string file) =>
        string.Join(' ', listing.Split('\n').Single(line => line.EndsWith(' ' + file, StringComparison.Ordinal)).Split(' ').Take(2));
}
