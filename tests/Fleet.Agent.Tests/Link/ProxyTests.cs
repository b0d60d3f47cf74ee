using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Fleet.Agent.Diagnosis;
using Fleet.Agent.Identity;
using Fleet.Agent.Journal;
using Fleet.Agent.Link;
using Fleet.Agent.Tests.Execution;
using Fleet.Agent.Tests.Identity;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Agent.Tests.Link;

/// <summary>The way to the controller through a proxy, and what is said where the proxy is what fails.</summary>
[Collection(RealProcesses.Name)]
public sealed class ProxyTests : IAsyncLifetime, IDisposable
{
    // RFC 6761: it resolves nowhere, so that only the proxy can know it.
    private const string Host = "controller.invalid";
    private const string Password = "hunter2 @:/%";
    private readonly TemporaryDirectory _directory = new();
    private readonly TestFleet _fleet = new();
    private readonly StringWriter _output = new();
    private ScriptedController _controller = null!;

    private string State => Path.Combine(_directory.Path, "state");

    private int Port => _controller.Address.Port;

    public async Task InitializeAsync() => _controller = await _fleet.StartAsync();

    public async Task DisposeAsync() => await _controller.DisposeAsync();

    public void Dispose()
    {
        _fleet.Dispose();
        _directory.Dispose();
        _output.Dispose();
    }

    [Theory]
    [InlineData(ProxyKind.Http, "")]
    [InlineData(ProxyKind.Http, "ann")]
    [InlineData(ProxyKind.Socks5, "")]
    [InlineData(ProxyKind.Socks5, "ann")]
    public async Task An_agent_enrolls_and_links_through_it_remembers_it_and_comes_back_after_it_was_away(ProxyKind kind, string user)
    {
        ProxyAddress address;
        var password = user.Length > 0 ? Password : "";
        await using (var proxy = new TestProxy(kind, Port, user: user, password: password))
        {
            address = proxy.Address;
            (await EnrollAsync(address)).ShouldBe(0, _output.ToString());
            proxy.Asked.ShouldAllBe(asked => asked == $"{Host}:{Port}");
            proxy.Asked.ShouldNotBeEmpty();
        }

        _output.ToString().ShouldContain($"It is reached through the proxy {address}.");
        _output.ToString().ShouldNotContain("hunter2");
        var enrollment = new EnrollmentFile(State).Read()!;
        enrollment.Proxy.ShouldBe(address);
        File.GetUnixFileMode(new EnrollmentFile(State).Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await using var agent = new LinkedAgent(Path.Combine(_directory.Path, "linked"), new TlsDialer(new IdentityStore(State), enrollment.Controller, enrollment.Proxy));
        for (var round = 0; round < 2; round++)
        {
            await using var proxy = new TestProxy(kind, Port, user: user, password: password, port: address.Port);
            var link = await _controller.NextLinkAsync();
            await link.WelcomeAsync();
            proxy.Asked.ShouldContain($"{Host}:{Port}");
        }
    }

    [Theory]
    [InlineData(ProxyKind.Http, ProxyConduct.Forbid, "refuses to connect to controller.invalid:PORT (403)", "allow CONNECT")]
    [InlineData(ProxyKind.Http, ProxyConduct.Fail, "cannot connect to controller.invalid:PORT (502)", "reaches it")]
    [InlineData(ProxyKind.Http, ProxyConduct.Hang, "did not lead to controller.invalid:PORT within 0.5 s", "check that a proxy of this kind listens there")]
    [InlineData(ProxyKind.Http, ProxyConduct.Close, "was closed before an answer came", "check that an HTTP proxy listens there")]
    [InlineData(ProxyKind.Http, ProxyConduct.Babble, "gave no answer of HTTP", "check that an HTTP proxy listens there")]
    [InlineData(ProxyKind.Socks5, ProxyConduct.Forbid, "refuses or is not able to connect to controller.invalid:PORT", "allows, resolves and reaches it")]
    [InlineData(ProxyKind.Socks5, ProxyConduct.Fail, "refuses or is not able to connect to controller.invalid:PORT", "allows, resolves and reaches it")]
    [InlineData(ProxyKind.Socks5, ProxyConduct.Hang, "did not lead to controller.invalid:PORT within 0.5 s", "check that a proxy of this kind listens there")]
    [InlineData(ProxyKind.Socks5, ProxyConduct.Close, "was closed before an answer came", "check that a SOCKS5 proxy listens there")]
    [InlineData(ProxyKind.Socks5, ProxyConduct.Babble, "gave no answer of SOCKS5", "check that a SOCKS5 proxy listens there")]
    public async Task A_proxy_that_does_not_lead_on_is_named_with_a_hint(ProxyKind kind, ProxyConduct conduct, string message, string hint)
    {
        await using var proxy = new TestProxy(kind, Port, conduct, "ann", Password);
        await ShouldFailAsync(proxy.Address, message, hint);
    }

    [Theory]
    [InlineData(ProxyKind.Http, "", "asks for a user name and a password (407)", "give them with its address: http://[USER:PASSWORD@]HOST:PORT")]
    [InlineData(ProxyKind.Http, "eve", "does not accept the user name and password (407)", "check both")]
    [InlineData(ProxyKind.Socks5, "", "asks for a user name and a password", "give them with its address: http://[USER:PASSWORD@]HOST:PORT")]
    [InlineData(ProxyKind.Socks5, "eve", "does not accept the user name and password", "check both")]
    public async Task A_proxy_that_wants_to_know_who_asks_is_named_with_a_hint(ProxyKind kind, string user, string message, string hint)
    {
        await using var proxy = new TestProxy(kind, Port, user: "ann", password: Password);
        await ShouldFailAsync(proxy.Address with { User = user, Password = user.Length > 0 ? Password : "" }, message, hint);
        proxy.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(ProxyKind.Http)]
    [InlineData(ProxyKind.Socks5)]
    public async Task A_proxy_that_is_not_there_is_named_with_a_hint(ProxyKind kind)
    {
        // Bound, so that nobody else gets the port, but not listening.
        using var port = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = new ProxyAddress(kind, "127.0.0.1", ((IPEndPoint)port.LocalEndPoint!).Port, "ann", Password);
        await ShouldFailAsync(address, "cannot be reached: Connection refused", "check its address and port, that it runs");
        await ShouldFailAsync(address with { Host = "proxy.invalid" }, "cannot be resolved", "check the proxy's address");

        (await EnrollAsync(address)).ShouldBe(1);
        var said = _output.ToString();
        said.ShouldStartWith($"fleet-agent: the proxy {address} cannot be reached: Connection refused");
        said.ShouldNotContain("hunter2");
        said.ShouldNotContain("the controller at");
    }

    [Theory]
    [InlineData(ProxyKind.Http)]
    [InlineData(ProxyKind.Socks5)]
    public async Task What_fails_behind_the_proxy_is_not_put_down_to_it(ProxyKind kind)
    {
        await using var proxy = new TestProxy(kind, Port);
        using var other = new TestFleet();
        using var channel = LinkChannel.Open(new ControllerAddress(Host, Port).ToUri(), LinkHandler.Pinned(new PinnedTrust(other.Root), null, proxy.Address));

        var failure = await Should.ThrowAsync<RpcException>(AskAsync(channel));

        failure.ProxyFailure().ShouldBeNull();
        failure.Reason().ShouldStartWith("TLS with the server failed");
    }

    [Fact]
    public async Task The_doctor_looks_at_the_proxy_first_and_then_at_the_way_through_it()
    {
        string healthy;
        ProxyAddress address;
        await using (var proxy = new TestProxy(ProxyKind.Http, Port, user: "ann", password: Password))
        {
            address = proxy.Address;
            (await EnrollAsync(address)).ShouldBe(0);
            healthy = await DiagnoseAsync();
        }

        healthy.ShouldContain("+ name         the proxy 127.0.0.1 is an address\n");
        healthy.ShouldContain($"+ port         127.0.0.1 answers on port {address.Port} after");
        healthy.ShouldContain($"+ proxy        {address} leads to {Host}:{Port}\n");
        healthy.ShouldContain("+ TLS ");
        healthy.ShouldContain("+ acceptance ");

        await using (new TestProxy(ProxyKind.Http, Port, ProxyConduct.Forbid, "ann", Password, address.Port))
        {
            var forbidden = await DiagnoseAsync();
            forbidden.ShouldContain($"! proxy        the proxy {address} refuses to connect to {Host}:{Port} (403)\n               -> let the proxy allow CONNECT");
            forbidden.ShouldNotContain(" TLS ");
            (healthy + forbidden).ShouldNotContain("hunter2");
        }

        var gone = await DiagnoseAsync();
        gone.ShouldContain($"! port         port {address.Port} of the proxy cannot be reached: 127.0.0.1: Connection refused\n               -> does a proxy run there");
    }

    [Fact]
    public async Task An_agent_that_is_enrolled_is_told_how_to_take_another_proxy()
    {
        (await EnrollAsync(null, "127.0.0.1")).ShouldBe(0);
        (await EnrollAsync(new ProxyAddress(ProxyKind.Http, "proxy", 1, "ann", Password), "127.0.0.1")).ShouldBe(0);

        _output.ToString().ShouldContain("Nothing was changed.\nTo reach it through the proxy http://ann@proxy:1, set \"proxy\" in /etc/fleet/agent.json and restart the agent.\n");
        new EnrollmentFile(State).Read()!.Proxy.ShouldBeNull();
    }

    private async Task ShouldFailAsync(ProxyAddress address, string message, string hint)
    {
        var handler = LinkHandler.Unverified(address);
        handler.ConnectTimeout = TimeSpan.FromSeconds(0.5);
        using var channel = LinkChannel.Open(new ControllerAddress(Host, Port).ToUri(), handler);
        var started = Stopwatch.GetTimestamp();

        var failure = await Should.ThrowAsync<RpcException>(AskAsync(channel));

        failure.Code().ShouldBe(StatusCode.Unavailable);
        failure.IsUnanswered().ShouldBeFalse();
        var proxy = failure.ProxyFailure().ShouldNotBeNull(failure.ToString());
        proxy.Message.ShouldContain($"proxy {address} ");
        proxy.Message.ShouldContain(message.Replace("PORT", $"{Port}", StringComparison.Ordinal));
        proxy.Hint.ShouldContain(hint);
        failure.Reason().ShouldBe($"{proxy.Message}; {proxy.Hint}");
        // In nothing that is logged, the chain of exceptions included.
        failure.ToString().ShouldNotContain("hunter2");
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    private static Task AskAsync(ChannelBase channel) =>
        new Fleet.Protocol.V1.Enrollment.EnrollmentClient(channel).GetTrustAsync(new GetTrustRequest()).ResponseAsync.WaitAsync(ScriptedController.Patience);

    private async Task<int> EnrollAsync(ProxyAddress? proxy, string host = Host)
    {
        var settings = new AgentOptions { State = State, Controller = new ControllerAddress(host, Port), Proxy = new ProxyChoice { Address = proxy } };
        var arguments = Arguments.Read(["--token", _fleet.Token, "--name", "web1"], EnrollCommand.Options);
        return await EnrollCommand.RunAsync(arguments, settings, _output, _output, TimeProvider.System, CancellationToken.None).WaitAsync(ScriptedController.Patience);
    }

    private async Task<string> DiagnoseAsync()
    {
        await using var output = new StringWriter();
        await DoctorCommand.RunAsync(
            new EnrollmentFile(State).Read()!, new StateDirectory(State), new AgentOptions { State = State }, [], output, TimeProvider.System).WaitAsync(ScriptedController.Patience);
        return output.ToString();
    }
}
