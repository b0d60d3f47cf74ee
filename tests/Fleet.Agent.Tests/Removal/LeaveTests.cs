using Fleet.Agent.Identity;
using Fleet.Agent.Journal;
using Fleet.Agent.Link;
using Fleet.Agent.Removal;
using Fleet.Agent.Tests.Identity;
using Fleet.Agent.Tests.Link;
using Fleet.Protocol.Identity;

namespace Fleet.Agent.Tests.Removal;

public sealed class LeaveTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestFleet _fleet = new();
    private readonly StringWriter _output = new();
    private ScriptedController _controller = null!;

    public async Task InitializeAsync() => _controller = await _fleet.StartAsync();

    public async Task DisposeAsync() => await _controller.DisposeAsync();

    public void Dispose()
    {
        _fleet.Dispose();
        _directory.Dispose();
        _output.Dispose();
    }

    private string State => Path.Combine(_directory.Path, "state");

    [Fact]
    public async Task Leaving_tells_the_controller_and_forgets_the_identity()
    {
        var enrollment = await EnrollAsync();

        (await LeaveAsync(enrollment)).ShouldBe(0);

        _controller.Leavers.ShouldBe(1);
        _output.ToString().ShouldContain("web1 has left the fleet of");
        new IdentityStore(State).Exists.ShouldBeFalse();
        new EnrollmentFile(State).Read().ShouldBeNull();
    }

    [Fact]
    public async Task Where_the_controller_is_away_the_identity_stays_and_the_mend_is_named()
    {
        var enrollment = await EnrollAsync();
        await _controller.DisposeAsync();

        (await LeaveAsync(enrollment)).ShouldBe(1);

        _output.ToString().ShouldContain("could not be informed");
        _output.ToString().ShouldContain("fleet agents remove web1");
        new IdentityStore(State).Exists.ShouldBeTrue();
    }

    [Fact]
    public async Task Enrolling_again_says_so_even_while_the_agent_runs()
    {
        await EnrollAsync();
        using var running = new StateDirectory(State).TryLock();

        await EnrollAsync();

        _output.ToString().ShouldContain("is enrolled already");
    }

    private async Task<Enrollment> EnrollAsync()
    {
        ControllerAddress.TryParse($"{_controller.Address.Host}:{_controller.Address.Port}", out var address, out _).ShouldBeTrue();
        var settings = new AgentOptions { State = State, Controller = address };
        var arguments = Arguments.Read(["--token", _fleet.Token, "--name", "web1"], EnrollCommand.Options);
        (await EnrollCommand.RunAsync(arguments, settings, _output, _output, TimeProvider.System, CancellationToken.None).WaitAsync(ScriptedController.Patience)).ShouldBe(0);
        return new EnrollmentFile(State).Read()!;
    }

    private Task<int> LeaveAsync(Enrollment enrollment) =>
        LeaveCommand.RunAsync(enrollment, State, new TlsDialer(new IdentityStore(State), enrollment.Controller, enrollment.Proxy), _output, TimeProvider.System, CancellationToken.None)
            .WaitAsync(ScriptedController.Patience);
}
