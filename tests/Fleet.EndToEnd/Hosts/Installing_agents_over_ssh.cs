using System.Diagnostics;
using Fleet.Harness;
using Fleet.Hosts;
using Xunit.Abstractions;

namespace Fleet.EndToEnd.Hosts;

[Collection(HostTests.Name)]
public sealed class Installing_agents_over_ssh : IAsyncLifetime
{
    private readonly HostFleet _fixture;
    private readonly ITestOutputHelper _output;

    public Installing_agents_over_ssh(HostFleet fixture, ITestOutputHelper output)
    {
        _fixture = fixture;
        _output = output;
    }

    private TestHost Host => _fixture.Hosts[HostFleet.NewHost];

    private OperatorSeat Admin => _fixture.Fleet.Admin;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Whatever became of the test: the host is new again for the next one.</summary>
    public async Task DisposeAsync()
    {
        if (_fixture.Hosts is not null)
            await Host.ShellAsync("if [ -x /usr/bin/fleet-agent ]; then fleet-agent uninstall --purge; fi");
    }

    [HostFact]
    public async Task A_host_of_an_inventory_becomes_an_agent_over_ssh_and_again_is_harmless()
    {
        using var ssh = await SshSeat.CreateAsync();
        await ssh.LetInAsync(Host, "deploy");
        var inventory = ssh.WriteInventory($"[web]\n{Host.Name} ansible_host={Host.Address}\n[fresh:children]\nweb\n[fresh:vars]\nansible_user=deploy\n");

        // 1. A user who is not root, and may not become it without a password.
        var refused = await InstallAsync(ssh.Options, "--inventory", inventory);
        refused.ExitCode.ShouldBe(1, refused.ToString());
        refused.Stdout.ShouldStartWith($"--- {Host.Name} sudo needs a password\n", customMessage: refused.ToString());
        (await Host.ExecAsync("test", "-e", "/usr/bin/fleet-agent")).ExitCode.ShouldBe(1);

        // 2. Who may.
        await Host.ShellAsync("echo 'deploy ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/deploy");
        var clock = Stopwatch.StartNew();
        var installed = await InstallAsync(ssh.Options, "--inventory", inventory, "--label", "site=a,b");
        _output.WriteLine($"from the command to the connected agent: {clock.Elapsed.TotalSeconds:0.0} s\n{installed}");
        installed.ExitCode.ShouldBe(0, installed.ToString());
        installed.Stdout.ShouldStartWith($"--- {Host.Name} installed: agent ", customMessage: installed.ToString());
        (await Admin.RunAsync("agents", "list", "group.web=yes and group.fresh=yes and online", "--names")).Stdout.ShouldBe($"{Host.Name}\n");
        (await Admin.RunAsync("agents", "show", Host.Name, "--json")).Stdout.ShouldContain("\"site\":\"a,b\"");
        var tokens = (await Admin.RunAsync("token", "list", "--all")).Stdout.Split('\n').Where(line => line.Contains("over ssh", StringComparison.Ordinal)).ToList();
        tokens.ShouldNotBeEmpty();
        tokens.ShouldAllBe(line => line.Contains("\trevoked\t", StringComparison.Ordinal));

        // 3. Again, as another user.
        await ssh.LetInAsync(Host, "root");
        var process = await Host.ShellAsync("systemctl show -P MainPID fleet-agent");
        var again = await InstallAsync(ssh.Options, "--ssh", $"root@{Host.Address}");
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Stdout.ShouldBe($"--- {Host.Address} already enrolled\nagents: {Host.Name}\n", again.ToString());
        (await Host.ShellAsync("systemctl show -P MainPID fleet-agent")).ShouldBe(process);

        // 4. With another label, for a program.
        var relabeled = await InstallAsync(ssh.Options, "--ssh", $"root@{Host.Address}", "--label", "site=c", "--json");
        relabeled.ExitCode.ShouldBe(0, relabeled.ToString());
        relabeled.Stdout.ShouldStartWith("{\"v\":1,\"type\":\"install\"");
        relabeled.Stdout.ShouldContain("\"outcome\":\"already_enrolled\",\"success\":true,\"reason\":\"labels set: site=c (was a,b)\"");
        (await Admin.RunAsync("agents", "list", "group.web=yes and site=c and online", "--names")).Stdout.ShouldBe($"{Host.Name}\n");
    }

    [HostFact]
    public async Task Hosts_that_are_away_that_refuse_and_that_are_not_known_are_told_apart()
    {
        using var ssh = await SshSeat.CreateAsync();
        var (web1, web2) = (_fixture.Hosts["web1"], _fixture.Hosts["web2"]);
        var nobody = $"{string.Join('.', _fixture.Hosts.Gateway.ToString().Split('.')[..3])}.250";
        var hosts = $"{nobody},{web1.Address}:1,root@{web2.Address}";

        var mixed = await InstallAsync(ssh.Options, "--ssh", hosts, "--connect-timeout", "2s");
        mixed.ExitCode.ShouldBe(1, mixed.ToString());
        mixed.Stdout.ShouldContain($"--- {web1.Address} cannot connect: Connection refused\n");
        mixed.Stdout.ShouldContain($"--- {nobody} cannot connect: ");
        mixed.Stdout.ShouldContain($"--- {web2.Address} permission denied: (publickey");
        mixed.Stderr.ShouldContain("3 hosts: 2 cannot connect, 1 permission denied; ");

        var strict = await InstallAsync(ssh.StrictOptions, "--ssh", $"{web1.Address},{web2.Address}");
        strict.ExitCode.ShouldBe(1, strict.ToString());
        strict.Stdout.ShouldContain(" (2 hosts) host key unknown\n");

        var silent = await InstallAsync(ssh.Options, "--ssh", $"{web1.Address}:1");
        silent.ExitCode.ShouldBe(3, silent.ToString());
    }

    private Task<CommandResult> InstallAsync(IReadOnlyList<string> behind, params string[] options) => Admin.RunAsync(["agents", "install", .. options, .. behind]);
}
