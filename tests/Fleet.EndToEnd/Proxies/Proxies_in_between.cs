using System.Diagnostics;
using System.Text.RegularExpressions;
using Fleet.Harness;

namespace Fleet.EndToEnd.Proxies;

/// <summary>Agents and operators behind proxies and relays, which are Debian's own programs.</summary>
public sealed partial class Proxies_in_between : IAsyncLifetime
{
    // Whatever goes there by mistake fails at once.
    private const string Nowhere = "http://127.0.0.1:9";
    private static readonly string[] s_variables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    private FleetOnThisMachine _fleet = null!;

    private string PasswordFile => Path.Combine(_fleet.Directory, "proxy-password");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _fleet = await FleetOnThisMachine.StartAsync();
        await File.WriteAllTextAsync(PasswordFile, RealProxy.Password + "\n");
    }

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [ToolFact("tinyproxy")]
    public async Task Through_an_HTTP_proxy_with_credentials()
    {
        await using var proxy = RealProxy.Tinyproxy(_fleet.Directory, _fleet.Controller.Port);
        await WorkThroughAsync(proxy);
        proxy.Output.ShouldContain($"CONNECT {_fleet.Controller.Address} ");
    }

    [ToolFact("microsocks")]
    public async Task Through_a_SOCKS5_proxy_with_credentials()
    {
        await using var proxy = RealProxy.Microsocks();
        await WorkThroughAsync(proxy);
    }

    [ToolFact("tinyproxy")]
    public async Task A_proxy_that_does_not_allow_the_controllers_port_is_named_by_enroll_login_and_doctor()
    {
        await using var proxy = RealProxy.Tinyproxy(_fleet.Directory, allowed: 1);
        await proxy.StartAsync();
        var refusal = $"the proxy {proxy.Url} refuses to connect to {_fleet.Controller.Address} (403)";

        var agent = _fleet.NewAgent("web1");
        var enrolled = await agent.TryEnrollAsync(_fleet.Controller.Address, await _fleet.CreateTokenAsync(), "--proxy", proxy.UrlWithPassword);
        (enrolled.ExitCode, enrolled.Stderr).ShouldBe((1, $"fleet-agent: {refusal}; let the proxy allow CONNECT to this host and port, for this machine and user\n"));

        var login = await Seat("far").RunAsync("login", "--controller", _fleet.Controller.Address, "--token", await OperatorTokenAsync(), "--proxy", proxy.UrlWithPassword);
        (login.ExitCode, login.Stderr).ShouldBe((4, $"fleet: {refusal}\n  let the proxy allow CONNECT to this host and port, for this machine and user\n"), login.ToString());

        await agent.EnrollAsync(_fleet.Controller.Address, await _fleet.CreateTokenAsync());
        var diagnosis = await OneShot.RunAsync(Binaries.Agent, ["doctor", "--state", agent.StateDirectory, "--proxy", proxy.UrlWithPassword]);
        diagnosis.Stdout.ShouldContain($"! proxy        {refusal}\n");

        // 407: without a password at all.
        var unknown = await OneShot.RunAsync(Binaries.Agent, ["doctor", "--state", agent.StateDirectory, "--proxy", $"http://127.0.0.1:{proxy.Port}"]);
        unknown.Stdout.ShouldContain($"! proxy        the proxy http://127.0.0.1:{proxy.Port} asks for a user name and a password (407)\n");
    }

    [Fact]
    public async Task A_proxy_of_the_environment_is_ignored()
    {
        var agent = _fleet.NewAgent("web1");
        agent.StartedBy = ["env", .. s_variables.Select(name => $"{name}={Nowhere}"), "NO_PROXY="];
        var enrolled = await OneShot.RunAsync("env", [
            .. agent.StartedBy.Skip(1), Binaries.Agent, "enroll", "--controller", _fleet.Controller.Address, "--token", await _fleet.CreateTokenAsync(), "--name", "web1", "--state", agent.StateDirectory,
        ]);
        enrolled.ExitCode.ShouldBe(0, enrolled.ToString());
        agent.Start();
        await _fleet.WaitOnlineAsync(1);

        var environment = s_variables.Append("NO_PROXY").ToDictionary(name => name, name => name == "NO_PROXY" ? "" : Nowhere);
        foreach (var (name, value) in _fleet.Admin.Environment)
            environment[name] = value;
        var exec = await OneShot.RunAsync(Binaries.Cli, ["exec", "web1", "--", "echo", "hello"], environment);
        exec.ExitCode.ShouldBe(0, exec.ToString());
        exec.Stdout.ShouldContain("hello");
    }

    [ToolFact("curl", "tinyproxy", "microsocks")]
    public async Task The_line_that_installs_an_agent_fetches_its_script_through_the_proxy_and_tells_the_script_of_it()
    {
        var artifacts = Directory.CreateDirectory(Path.Combine(_fleet.Directory, "artifacts")).FullName;
        var version = Regex.Match((await OneShot.RunAsync(Binaries.Controller, ["version"])).Stdout, @"\d+\.\d+\.\S+").Value;
        await File.WriteAllTextAsync(Path.Combine(artifacts, $"fleet-agent-{version}-linux-x64.tar.gz"), "not looked at");
        await File.WriteAllTextAsync(Path.Combine(artifacts, "install.sh"), "echo \"script of $FLEET_CONTROLLER through $FLEET_PROXY with $*\"\n");
        await using var controller = new ControllerHost(Path.Combine(_fleet.Directory, "second"))
        {
            Environment = new Dictionary<string, string> { ["FLEET_CONTROLLER_ARTIFACTS"] = artifacts },
        };
        var admin = new OperatorSeat(Path.Combine(_fleet.Directory, "second-admin"));
        var token = await controller.InitAsync();
        await controller.StartAsync();
        await admin.LoginAsync(controller.Address, token);

        await using var http = RealProxy.Tinyproxy(_fleet.Directory, controller.Port);
        await using var socks = RealProxy.Microsocks();
        foreach (var proxy in new[] { http, socks })
        {
            await proxy.StartAsync();
            var line = await admin.RunAsync("token", "create", "--install", "--proxy", proxy.Url, "--proxy-password-file", PasswordFile);
            line.ExitCode.ShouldBe(0, line.ToString());

            // Whatever the environment names or exempts; with a sudo that does no more than start what it is given.
            var environment = s_variables.ToDictionary(name => name, _ => Nowhere);
            environment["NO_PROXY"] = environment["no_proxy"] = "*";
            var done = await OneShot.RunAsync("sh", ["-c", $"sudo() {{ \"$@\"; }}\n{line.Stdout}"], environment);
            done.ExitCode.ShouldBe(0, done.ToString());
            done.Stdout.ShouldStartWith($"script of {controller.Address} through {proxy.UrlWithPassword.Replace("socks5:", "socks5h:", StringComparison.Ordinal)} with --token fleet1.a.");

            await proxy.KillAsync();
            var failed = await OneShot.RunAsync("sh", ["-c", $"sudo() {{ \"$@\"; }}\n{line.Stdout}"], environment);
            failed.ExitCode.ShouldBe(1, failed.ToString());
            failed.Stdout.ShouldBeEmpty();
        }
    }

    [ToolFact("haproxy")]
    public async Task Through_the_relay_of_the_document()
    {
        var port = RealProxy.FreePort();
        var file = Path.Combine(_fleet.Directory, "haproxy.cfg");
        var text = RelayBlock().Match(await File.ReadAllTextAsync(Repository.At("docs", "install.md"))).Groups[1].Value;
        text.ShouldContain("bind :7443");
        text.ShouldContain("server controller fleet.example.org:7443");
        await File.WriteAllTextAsync(file, text.Replace("bind :7443", $"bind 127.0.0.1:{port}", StringComparison.Ordinal).Replace("fleet.example.org:7443", _fleet.Controller.Address, StringComparison.Ordinal));
        await using var relay = RealProxy.Haproxy(file, port);
        await relay.StartAsync();
        relay.Output.ShouldNotContain("WARNING");

        var agent = _fleet.NewAgent("web1");
        await agent.EnrollAsync($"127.0.0.1:{port}", await _fleet.CreateTokenAsync());
        agent.Start();
        await _fleet.WaitOnlineAsync(1);
        var far = Seat("far");
        await far.LoginAsync($"127.0.0.1:{port}", await OperatorTokenAsync(), "far");
        await ShouldWorkAsync(far);

        await relay.KillAsync();
        await _fleet.WaitOnlineAsync(0);
        await relay.StartAsync();
        await _fleet.WaitOnlineAsync(1);
        await ShouldWorkAsync(far);
    }

    private async Task WorkThroughAsync(RealProxy proxy)
    {
        await proxy.StartAsync();
        var agent = _fleet.NewAgent("web1");
        agent.StartedBy = ["env", .. s_variables.Select(name => $"{name}={Nowhere}")];
        var enrolled = await agent.TryEnrollAsync(_fleet.Controller.Address, await _fleet.CreateTokenAsync(), "--proxy", proxy.Url, "--proxy-password-file", PasswordFile);
        enrolled.ExitCode.ShouldBe(0, enrolled.ToString());
        enrolled.Stdout.ShouldContain($"It is reached through the proxy {proxy.Url}.");
        // Remembered: nothing about a proxy is said to it any more.
        agent.Start();
        await _fleet.WaitOnlineAsync(1);
        var far = Seat("far");
        var login = await far.RunAsync(
            "login", "--controller", _fleet.Controller.Address, "--token", await OperatorTokenAsync(), "--name", "far", "--proxy", proxy.Url, "--proxy-password-file", PasswordFile);
        login.ExitCode.ShouldBe(0, login.ToString());
        await ShouldWorkAsync(far);
        (await far.RunAsync("context", "list")).Stdout.ShouldContain(proxy.Url);

        // Away, everybody says so; back, all goes on by itself.
        await proxy.KillAsync();
        await _fleet.WaitOnlineAsync(0);
        var clock = Stopwatch.StartNew();
        var away = await far.RunAsync("agents", "list");
        away.ExitCode.ShouldBe(4, away.ToString());
        away.Stderr.ShouldBe($"fleet: the proxy {proxy.Url} cannot be reached: Connection refused\n  check its address and port, that it runs, and the firewall in between\n");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
        await Patience.UntilAsync("the agent says what it waits for", () => agent.Output.Contains($"Disconnected: the proxy {proxy.Url} cannot be reached", StringComparison.Ordinal), evidence: () => agent.Output);
        await proxy.StartAsync();
        await _fleet.WaitOnlineAsync(1);
        await ShouldWorkAsync(far);

        var status = await OneShot.RunAsync(Binaries.Agent, ["status", "--state", agent.StateDirectory]);
        status.Stdout.ShouldContain($"proxy        {proxy.Url}\n");
        var diagnosis = await OneShot.RunAsync(Binaries.Agent, ["doctor", "--state", agent.StateDirectory]);
        diagnosis.Stdout.ShouldContain($"+ proxy        {proxy.Url} leads to {_fleet.Controller.Address}\n");
        diagnosis.Stdout.ShouldContain("+ acceptance ");
        (agent.Output + enrolled + login + away + status + diagnosis + await OneShot.RunAsync("ps", ["axww", "-o", "args"]))
            .Split('\n').Where(line => !line.Contains("microsocks", StringComparison.Ordinal)).ShouldAllBe(line => !line.Contains(RealProxy.Password));

        // Out of the fleet through it as well.
        await agent.StopAsync();
        var left = await OneShot.RunAsync(Binaries.Agent, ["leave", "--state", agent.StateDirectory]);
        left.ExitCode.ShouldBe(0, left.ToString());
    }

    // More than a window of HTTP/2 and than a proxy's buffer, each way.
    private static async Task ShouldWorkAsync(OperatorSeat seat)
    {
        var exec = await seat.RunAsync("exec", "web1", "-c", "head -c 600000 /dev/zero | tr '\\0' x; echo; echo done");
        exec.ExitCode.ShouldBe(0, exec.ToString());
        exec.Stdout.ShouldContain("done");
    }

    private OperatorSeat Seat(string name) => new(Path.Combine(_fleet.Directory, name));

    private async Task<string> OperatorTokenAsync() => await _fleet.CreateTokenAsync("--operator", "operator");

    [GeneratedRegex("```\n(# /etc/haproxy/haproxy.cfg\n.*?)```", RegexOptions.Singleline)]
    private static partial Regex RelayBlock();
}
