using Fleet.Agent.Identity;
using Fleet.Agent.Tests.Link;
using Fleet.Protocol.Identity;

namespace Fleet.Agent.Tests.Identity;

public sealed class EnrollTests : IAsyncLifetime, IDisposable
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

    private string Address => $"{_controller.Address.Host}:{_controller.Address.Port}";

    [Fact]
    public async Task Enrolling_stores_an_identity_that_only_the_owner_can_read()
    {
        (await Enroll("--token", _fleet.Token, "--name", "Web1", "--label", "role=web", "--label", "dc=fra")).ShouldBe(0);

        _output.ToString().ShouldContain($"as web1 ({TestFleet.AgentId})");
        var request = _fleet.Requests.ShouldHaveSingleItem();
        request.Labels["role"].ShouldBe("web");
        request.Labels["dc"].ShouldBe("fra");
        request.Facts["os"].ShouldBe("linux");
        new IdentityStore(State).Exists.ShouldBeTrue();
        new EnrollmentFile(State).Read().ShouldNotBeNull().AgentId.ToString().ShouldBe(TestFleet.AgentId);
        foreach (var file in Directory.GetFiles(State))
            (File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)).ShouldBe(UnixFileMode.None, file);
    }

    [Fact]
    public async Task Enrolling_twice_changes_nothing_and_another_controller_needs_force()
    {
        await Enroll("--token", _fleet.Token);
        var identity = await File.ReadAllTextAsync(Path.Combine(State, "identity.pem"));

        (await Enroll("--token", _fleet.Token)).ShouldBe(0);
        _output.ToString().ShouldContain("enrolled already");
        (await EnrollAt("other:1", "--token", _fleet.Token)).ShouldBe(1);
        _output.ToString().ShouldContain("--force");
        (await File.ReadAllTextAsync(Path.Combine(State, "identity.pem"))).ShouldBe(identity);

        (await Enroll("--token", _fleet.Token, "--force")).ShouldBe(0);
        (await File.ReadAllTextAsync(Path.Combine(State, "identity.pem"))).ShouldNotBe(identity);
        _fleet.Requests.Select(r => r.EnrollmentId).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_try_whose_answer_was_lost_is_repeated_under_the_same_id()
    {
        Directory.CreateDirectory(State);
        ControllerAddress.TryParse(Address, out var address, out _).ShouldBeTrue();
        new EnrollmentFile(State).Write(new Enrollment("earlier", address!, null, "web1"));

        (await Enroll("--token", _fleet.Token)).ShouldBe(0);
        _fleet.Requests.ShouldHaveSingleItem().EnrollmentId.ShouldBe("earlier");
    }

    [Fact]
    public async Task A_controller_of_another_fleet_is_refused_before_anything_secret_is_sent()
    {
        using var other = new TestFleet();
        (await Enroll("--token", other.Token)).ShouldBe(1);
        _output.ToString().ShouldContain("is not the one that made the token");
        _fleet.Requests.ShouldBeEmpty();
        new IdentityStore(State).Exists.ShouldBeFalse();
    }

    [Theory]
    [InlineData("--token", "x", "this is not a join token")]
    [InlineData("--name", "a b", "--name:")]
    [InlineData("--label", "=x", "--label:")]
    public async Task Bad_input_is_named_and_nothing_is_begun(string flag, string value, string message)
    {
        string[] words = flag == "--token" ? [flag, value] : ["--token", _fleet.Token, flag, value];
        (await Enroll(words)).ShouldBe(2);
        _output.ToString().ShouldContain(message);
        Directory.Exists(State).ShouldBeFalse();
    }

    [Fact]
    public async Task A_controller_that_is_not_there_is_told()
    {
        (await EnrollAt("127.0.0.1:1", "--token", _fleet.Token)).ShouldBe(1);
        _output.ToString().ShouldContain("does not answer");
    }

    private Task<int> Enroll(params string[] words) => EnrollAt(Address, words);

    private Task<int> EnrollAt(string address, params string[] words)
    {
        ControllerAddress.TryParse(address, out var controller, out _).ShouldBeTrue();
        var settings = new AgentOptions { State = State, Controller = controller };
        return EnrollCommand.RunAsync(Arguments.Read(words, EnrollCommand.Options), settings, _output, _output, TimeProvider.System, CancellationToken.None)
            .WaitAsync(ScriptedController.Patience);
    }
}
