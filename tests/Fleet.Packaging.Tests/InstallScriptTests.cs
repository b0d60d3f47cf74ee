namespace Fleet.Packaging.Tests;

/// <summary>installers/tarball/install.sh, on a stand-in for a host with systemd.</summary>
public sealed class InstallScriptTests(SomePackages packages) : IClassFixture<SomePackages>
{
    private string Unpack => $"mkdir /tmp/t && tar -xzf {packages.First}/fleet-agent-1.2.3-linux-x64.tar.gz -C /tmp/t --strip-components=1 && sleep 0.02 && touch /sandbox && sleep 0.02";

    [SandboxFact("dpkg", "rpm")]
    public async Task It_installs_enrolls_and_starts_and_twice_is_harmless()
    {
        using var sandbox = new Sandbox();

        var done = await sandbox.RunAsync($$"""
            set -e
            {{Unpack}}
            sh /tmp/t/install.sh --controller fleet.example:7443 --token secret --label role=web
            {{Sandbox.ListChanges}}
            : > /var/log/systemctl.calls
            sh /tmp/t/install.sh --controller fleet.example:7443 --token secret --label role=web
            echo calls: && cat /var/log/systemctl.calls /var/log/fleet-agent.calls
            """, hasSystemd: true);

        done.ExitCode.ShouldBe(0, done.Text);
        var lines = done.Text.Split('\n');
        lines.ShouldContain("fleet: installed fleet-agent 1.2.3");
        lines.ShouldContain("fleet: started fleet-agent.service");
        lines.ShouldContain("/usr/bin/fleet-agent");
        lines.ShouldContain("/etc/fleet/agent.json");
        lines.ShouldContain("/var/lib/fleet-agent/identity.pem");
        lines.ShouldContain("enroll --controller fleet.example:7443 --label role=web");
        done.Text.ShouldNotContain("secret", Case.Sensitive, "the token is for the environment");
        lines.ShouldContain("fleet: fleet-agent 1.2.3 is installed already, exactly as the controller has it");
        lines.ShouldContain("fleet: fleet-agent.service runs; it was left alone");
        lines.SkipWhile(line => line != "calls:").ShouldNotContain(line => line.StartsWith("start") || line.StartsWith("restart") || line.StartsWith("enable"));
    }

    [SandboxFact("dpkg", "rpm")]
    public async Task Uninstalling_with_purge_leaves_nothing_and_tells_the_controller()
    {
        using var sandbox = new Sandbox();

        var done = await sandbox.RunAsync($$"""
            set -e
            {{Unpack}}
            sh /tmp/t/install.sh --controller fleet.example:7443 --token secret
            sh /usr/lib/fleet-agent/uninstall.sh --purge
            echo left: && {{Sandbox.ListChanges}} && find /etc/fleet /usr/lib/fleet-agent /var/lib/fleet-agent 2> /dev/null || true
            echo calls: && cat /var/log/fleet-agent.calls
            """, hasSystemd: true);

        done.ExitCode.ShouldBe(0, done.Text);
        done.Text.ShouldContain("fleet: fleet-agent is removed");
        done.Text.ShouldContain("\nleft:\ncalls:\n");
        done.Text.Split('\n').ShouldContain("leave");
    }

    [SandboxFact("dpkg", "rpm")]
    public async Task A_package_takes_over_from_it()
    {
        using var sandbox = new Sandbox();

        var done = await sandbox.RunAsync($$"""
            set -e
            {{Unpack}}
            sh /tmp/t/install.sh --controller fleet.example:7443 --token secret
            : > /var/log/systemctl.calls
            dpkg --force-depends --force-confnew -i {{packages.First}}/fleet-agent_1.2.3_amd64.deb
            echo restarts: $(grep -cw restart /var/log/systemctl.calls)
            test ! -e /usr/lib/fleet-agent && test -e /var/lib/fleet-agent/identity.pem
            sh /tmp/t/install.sh --controller fleet.example:7443 --token secret
            """, hasSystemd: true);

        done.ExitCode.ShouldBe(0, done.Text);
        done.Text.ShouldContain("restarts: 1\n");
        done.Text.ShouldContain("fleet: the package fleet-agent is installed (dpkg): its files are left alone");
    }

    [SandboxFact("dpkg", "rpm")]
    public async Task On_a_host_that_cannot_have_an_agent_it_says_why_and_changes_nothing()
    {
        foreach (var (disguise, why) in new (string, string)[]
        {
            ("rm -r /run/systemd/system", "systemd does not run here"),
            ("printf '#!/bin/sh\\n[ \"$1\" = -m ] && echo riscv64 || echo Linux\\n' > /usr/bin/uname", "this is a riscv64 machine; there are agents for x86_64 and aarch64 only"),
            ("printf '#!/bin/sh\\necho Darwin\\n' > /usr/bin/uname", "this is Darwin"),
            ("printf '#!/bin/sh\\necho 1000\\n' > /usr/bin/id", "it takes root"),
            ("printf '#!/bin/sh\\necho glibc 2.31\\n' > /usr/bin/getconf", "this host has glibc 2.31"),
            ("printf '#!/bin/sh\\nexit 127\\n' > /tmp/t/fleet-agent", "the agent does not run on this host"),
        })
        {
            using var sandbox = new Sandbox();

            var refused = await sandbox.RunAsync($$"""
                {{Unpack}}
                {{disguise}}
                touch /sandbox; sleep 0.02
                sh /tmp/t/install.sh --controller fleet.example:7443 --token secret && echo installed
                {{Sandbox.ListChanges}}
                """, hasSystemd: true);

            refused.Text.ShouldContain($"not installed, nothing was changed: {why}");
            refused.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
        }
    }

    [SandboxFact("dpkg", "rpm")]
    public async Task A_proxy_goes_to_curl_and_to_enroll_and_its_password_into_no_list_of_processes()
    {
        using var sandbox = new Sandbox();

        // As the line of `fleet token create --install` begins, with a curl that notes what it was given.
        var done = await sandbox.RunAsync($$"""
            {{Unpack}}
            printf '#!/bin/sh\necho "curl $*" >> /var/log/curl.calls; cat >> /var/log/curl.calls; exit 97\n' > /usr/bin/curl
            served="FLEET_CONTROLLER=c:1 FLEET_PIN=pin FLEET_ARTIFACT=a FLEET_ARTIFACT_VERSION=1 FLEET_ARTIFACT_SHA256=0"
            export https_proxy=http://other:1
            (echo FLEET_PROXY=http://ann:hunter2@proxy:3128; cat /tmp/t/install.sh) | env $served sh -s -- --token secret
            cat /tmp/t/install.sh | env $served sh -s -- --token secret
            cat /var/log/curl.calls
            echo with options:
            sh /tmp/t/install.sh --controller fleet.example:7443 --token secret --proxy socks5://ann:hunter2@proxy:1080 && cat /var/lib/fleet-agent/identity.pem
            cat /var/log/fleet-agent.calls
            for proxy in proxy:3128 https://proxy:1 'http://a"b@proxy:1' 'http://a b@proxy:1' 'http://a\b@proxy:1'; do sh /tmp/t/install.sh --proxy "$proxy" > /dev/null; done
            """, hasSystemd: true);

        var lines = done.Text.Split('\n');
        lines.ShouldContain("fleet: fetching fleet-agent 1 from c:1 through the proxy proxy:3128");
        var calls = lines.Where(line => line.StartsWith("curl ")).ToList();
        calls.ShouldBe(
        [
            "curl -K - -fsSk --noproxy  --pinnedpubkey pin " + calls[0][(calls[0].IndexOf(" pin ") + 5)..],
            "curl -K - -fsSk --noproxy * --pinnedpubkey pin " + calls[1][(calls[1].IndexOf(" pin ") + 5)..],
        ]);
        lines.Where(line => line.Contains("hunter2")).ShouldBe(["proxy = http://ann:hunter2@proxy:3128", "secret socks5h://ann:hunter2@proxy:1080"]);
        lines.ShouldContain("enroll --controller fleet.example:7443");
        lines.Count(line => line.StartsWith("fleet: not installed, nothing was changed: the proxy")).ShouldBe(5);
    }

    [SandboxFact("dpkg", "rpm")]
    public async Task What_the_controller_gives_is_chosen_by_the_hosts_architecture()
    {
        // curl says what it is asked for, and gives nothing.
        const string Both = "x86_64 fleet-agent-1.2.3-linux-x64.tar.gz 1.2.3 aa\naarch64 fleet-agent-1.2.4-linux-arm64.tar.gz 1.2.4 bb";
        foreach (var (machine, set, said) in new (string, string, string)[]
        {
            ("x86_64", $"FLEET_ARTIFACTS='{Both}'", "fleet: fetching fleet-agent 1.2.3 from c:1\nhttps://c:1/artifacts/fleet-agent-1.2.3-linux-x64.tar.gz\n"),
            ("aarch64", $"FLEET_ARTIFACTS='{Both}'", "fleet: fetching fleet-agent 1.2.4 from c:1\nhttps://c:1/artifacts/fleet-agent-1.2.4-linux-arm64.tar.gz\n"),
            ("aarch64", $"FLEET_ARTIFACTS='{Both.Split('\n')[0]}'", "fleet: not installed, nothing was changed: this is a aarch64 machine, and c:1 has an agent for x86_64 only\n"),
            ("x86_64", $"FLEET_ARTIFACTS='{Both.Split('\n')[1]}'", "fleet: not installed, nothing was changed: this is a x86_64 machine, and c:1 has an agent for aarch64 only\n"),
            // As a controller of before has it.
            ("x86_64", "FLEET_ARTIFACT=fleet-agent-1-linux-x64.tar.gz FLEET_ARTIFACT_VERSION=1 FLEET_ARTIFACT_SHA256=cc", "fleet: fetching fleet-agent 1 from c:1\nhttps://c:1/artifacts/fleet-agent-1-linux-x64.tar.gz\n"),
            ("aarch64", "FLEET_ARTIFACT=fleet-agent-1-linux-x64.tar.gz FLEET_ARTIFACT_VERSION=1 FLEET_ARTIFACT_SHA256=cc", "fleet: not installed, nothing was changed: this is a aarch64 machine, and c:1 has an agent for x86_64 only\n"),
        })
        {
            using var sandbox = new Sandbox();

            var done = await sandbox.RunAsync($$"""
                mkdir -p /lib/aarch64-linux-gnu && touch /lib/aarch64-linux-gnu/libssl.so.3
                printf '#!/bin/sh\n[ "$1" = -m ] && echo {{machine}} || echo Linux\n' > /usr/bin/uname
                printf '#!/bin/sh\nfor word; do last=$word; done; echo $last; exit 22\n' > /usr/bin/curl
                chmod 755 /usr/bin/uname /usr/bin/curl
                export FLEET_CONTROLLER=c:1 FLEET_PIN=p
                export {{set}}
                sh {{Repository.At("installers/tarball/install.sh")}} --token secret
                """, hasSystemd: true);

            done.Text.ShouldStartWith(said);
            done.ExitCode.ShouldBe(1);
        }
    }

    [SandboxFact]
    public async Task Wherever_the_script_is_cut_the_line_fails_and_nothing_of_it_runs()
    {
        using var sandbox = new Sandbox();
        File.Copy(Repository.At("installers/tarball/install.sh"), Path.Combine(sandbox.Directory, "install.sh"));

        // As InstallLine has it where curl fails in the middle; every byte of the beginning and of the end, and some between. Where a function
        // is about to begin, `exit 1` would become its body. Without its last character, the end of a line, the script is whole.
        var done = await sandbox.RunAsync($$"""
            cd {{sandbox.Directory}}
            touch /sandbox; sleep 0.02
            size=$(wc -c < install.sh) at=0 tried=0
            function=$(grep -b '^at_least() {' install.sh | cut -d : -f 1)
            (head -c $((function + 11)) install.sh; printf '\nexit 1\n') | sh -s -- --token secret > said 2>&1 && echo "cut at a function it succeeds"
            while [ $at -lt $((size - 1)) ]; do
                (head -c $at install.sh; printf '\nexit 1\n') | sh -s -- --token secret > said 2>&1 && echo "cut after $at bytes it succeeds"
                grep '^fleet:' said && echo "cut after $at bytes something runs"
                tried=$((tried + 1))
                if [ $at -gt 600 ] && [ $at -lt 760 ] || [ $at -gt $((size - 60)) ]; then at=$((at + 1)); else at=$((at + 43)); fi
            done
            {{Sandbox.ListChanges}}
            echo "$tried cuts"
            """, hasSystemd: true);

        done.Text.ShouldMatch("^[0-9]{3} cuts\n$");
    }
}
