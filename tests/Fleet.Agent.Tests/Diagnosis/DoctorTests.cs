using Fleet.Agent.Diagnosis;
using Fleet.Agent.Identity;
using Fleet.Agent.Journal;
using Fleet.Agent.Tests.Execution;
using Fleet.Agent.Tests.Identity;
using Fleet.Agent.Tests.Link;
using Fleet.Protocol.Identity;

namespace Fleet.Agent.Tests.Diagnosis;

/// <summary>What the doctor says where only the host's clock is wrong: never what costs an identity.</summary>
[Collection(RealProcesses.Name)]
public sealed class DoctorTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestFleet _fleet = new();
    private ScriptedController _controller = null!;

    private string State => Path.Combine(_directory.Path, "state");

    public async Task InitializeAsync()
    {
        _controller = await _fleet.StartAsync();
        string[] words = ["--token", _fleet.Token];
        var arguments = Arguments.Read(words, EnrollCommand.Options);
        ControllerAddress.TryParse($"{_controller.Address.Host}:{_controller.Address.Port}", out var controller, out _).ShouldBeTrue();
        var settings = new AgentOptions { State = State, Controller = controller };
        (await EnrollCommand.RunAsync(arguments, settings, TextWriter.Null, TextWriter.Null, TimeProvider.System, CancellationToken.None)).ShouldBe(0);
    }

    public async Task DisposeAsync() => await _controller.DisposeAsync();

    public void Dispose()
    {
        _fleet.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(0, "+ clock ", "+ TLS ", "+ identity ")]
    [InlineData(3, "? clock ", "+ TLS ", "+ identity ")]
    [InlineData(-3, "? clock ", "! TLS ", "+ identity ")]
    [InlineData(100 * 24, "? clock ", "! TLS ", "+ identity ")]
    public async Task A_wrong_clock_is_what_is_to_be_set(int hours, params string[] lines)
    {
        var said = await RunAsync(TimeSpan.FromHours(hours));

        foreach (var line in lines)
            said.Split('\n').ShouldContain(found => found.StartsWith(line, StringComparison.Ordinal), customMessage: said);
        said.Contains("+ acceptance ", StringComparison.Ordinal).ShouldBe(!lines.Contains("! TLS "), said);
        said.ShouldNotContain("--force");
        said.ShouldNotContain("another fleet");
        if (hours != 0)
            said.ShouldContain("timedatectl set-ntp true");
    }

    [Fact]
    public async Task Without_the_controllers_word_a_certificate_that_seems_to_have_expired_may_be_the_clocks_fault()
    {
        await _controller.DisposeAsync();

        var said = await RunAsync(TimeSpan.FromDays(100));

        said.ShouldContain("which has passed if this host's clock is right (");
        said.ShouldContain("-> set the clock where it is not: timedatectl set-ntp true; else enroll this host again");
    }

    [Fact]
    public async Task A_certificate_that_has_expired_by_the_controllers_clock_is_to_be_made_anew()
    {
        _fleet.Life = TimeSpan.FromMinutes(-1);
        Directory.Delete(State, recursive: true);
        await InitializeAsync();

        var said = await RunAsync(TimeSpan.Zero);

        said.ShouldContain(", which has passed\n               -> enroll this host again: fleet-agent enroll --force");
    }

    private async Task<string> RunAsync(TimeSpan ahead)
    {
        var state = new StateDirectory(State);
        var enrollment = new EnrollmentFile(State).Read()!;
        await using var output = new StringWriter();
        await DoctorCommand.RunAsync(enrollment, state, new AgentOptions { State = State }, [], output, new ShiftedTime(ahead));
        return output.ToString();
    }

    private sealed class ShiftedTime(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
    }
}
