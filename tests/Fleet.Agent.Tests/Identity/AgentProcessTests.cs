using System.Globalization;
using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Processes;
using Fleet.Agent.Tests.Execution;
using Fleet.Agent.Tests.Link;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Identity;

/// <summary>The real program over real TLS.</summary>
[Collection(RealProcesses.Name)]
public sealed class AgentProcessTests : IAsyncLifetime, IDisposable
{
    private static readonly string s_id = Some.Task.ToString();
    private readonly TemporaryDirectory _directory = new();
    private readonly TestFleet _fleet = new();
    private TaskExecutor _executor = null!;
    private ScriptedController _controller = null!;

    private string State => Path.Combine(_directory.Path, "state");

    public async Task InitializeAsync()
    {
        _executor = new TaskExecutor(
            new TaskExecutorOptions { StateDirectory = _directory.Path, MaxTasks = 16, MaxQueuedTasks = 256 }, TimeProvider.System, NullLogger<TaskExecutor>.Instance);
        _controller = await _fleet.StartAsync();
        var (code, output) = await EnrollAsync();
        code.ShouldBe(0, output);
    }

    public async Task DisposeAsync()
    {
        await _executor.DisposeAsync().AsTask().WaitAsync(ScriptedController.Patience);
        await _controller.DisposeAsync();
    }

    public void Dispose()
    {
        _fleet.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task An_agent_killed_in_the_middle_of_a_task_tells_so_and_leaves_no_process_behind()
    {
        string journalId;
        int sleeper;
        {
            var agent = Run();
            var link = await _controller.NextLinkAsync();
            journalId = (await link.WelcomeAsync()).JournalId;
            await link.StartAsync(Some.Start(Some.Task, Some.Spec(Some.Shell("sleep 1000 & echo $!; wait"))));
            var output = await link.RecordAsync(r => r.EntryCase == TaskRecord.EntryOneofCase.Output);
            sleeper = int.Parse(output.Output.Data.ToStringUtf8(), CultureInfo.InvariantCulture);
            await agent.KillAsync();
        }

        ProcessTable.TryRead(sleeper, out var sleeping).ShouldBeTrue();
        var second = Run();
        var again = await _controller.NextLinkAsync();
        var hello = await again.WelcomeAsync(null, new TaskAck { TaskId = s_id, Seq = 1 });
        hello.JournalId.ShouldBe(journalId);
        hello.HeldTasks.ShouldHaveSingleItem().TaskId.ShouldBe(s_id);
        var records = await again.RecordsToEndAsync(s_id);
        records[0].Seq.ShouldBe(2UL);
        records[^1].Ended.State.ShouldBe(TaskState.Interrupted);
        records[^1].Ended.Reason.ShouldStartWith("the agent was restarted while the task ran; ");
        ProcessTable.IsAlive(sleeping.Identity).ShouldBeFalse();
        await again.AckAsync(s_id, records[^1].Seq);
        (await second.TerminateAsync()).ShouldBe(0);
        Directory.GetFiles(Path.Combine(State, "tasks")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_terminated_agent_ends_its_task_delivers_that_and_exits_with_0()
    {
        var agent = Run();
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        await link.StartAsync(Some.Start(Some.Task, Some.Spec(Some.Shell("echo on; sleep 1000"))));
        await link.RecordAsync(r => r.EntryCase == TaskRecord.EntryOneofCase.Output);
        var exit = agent.TerminateAsync();
        var records = await link.RecordsToEndAsync(s_id);
        await link.AckAsync(s_id, records[^1].Seq);

        records[^1].Ended.State.ShouldBe(TaskState.Interrupted);
        (await exit).ShouldBe(0);
        Directory.GetFiles(Path.Combine(State, "tasks")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_certificate_past_two_thirds_of_its_life_is_renewed_over_the_link()
    {
        // Issued five minutes back and good for one more: it is due at once.
        _fleet.Life = TimeSpan.FromMinutes(1);
        (await EnrollAsync("--force")).Code.ShouldBe(0);
        var agent = Run();
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        var message = await link.NextAsync();
        _fleet.Life = TimeSpan.FromDays(90);
        await link.SendAsync(new ControllerMessage
        {
            CertificateIssued = new CertificateIssued { Chain = { Google.Protobuf.ByteString.CopyFrom(_fleet.Issue(message.CertificateRequest.Csr.Span)) } },
        });

        await (await _controller.NextLinkAsync()).WelcomeAsync();
        var (_, status) = await RunProgramAsync("status", "--state", State);
        status.ShouldContain("running");
        status.ShouldContain(TimeProvider.System.GetUtcNow().AddDays(90).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        (await agent.TerminateAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_doctor_finds_nothing_where_all_is_well_and_says_what_to_do_where_it_is_not()
    {
        var agent = Run();
        await (await _controller.NextLinkAsync()).WelcomeAsync();
        var (code, said) = await RunProgramAsync("doctor", "--state", State);
        code.ShouldBe(0, said);
        foreach (var check in new[] { "identity", "permissions", "name", "port", "TLS", "clock", "acceptance", "agent" })
            said.Split('\n').ShouldContain(line => line.StartsWith($"+ {check} "), customMessage: said);

        // Another fleet's controller.
        File.Copy(Path.Combine(State, "root.pem"), Path.Combine(State, "root.was"));
        using (var key = System.Security.Cryptography.ECDsa.Create())
        {
            var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=other", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
            using var other = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
            await File.WriteAllTextAsync(Path.Combine(State, "root.pem"), other.ExportCertificatePem());
        }

        (code, said) = await RunProgramAsync("doctor", "--state", State);
        code.ShouldBe(1, said);
        said.ShouldContain("! TLS          the server is not trusted: its certificate was not issued by the pinned fleet root");
        File.Move(Path.Combine(State, "root.was"), Path.Combine(State, "root.pem"), overwrite: true);

        // Settings with a fault: all that can be looked at is looked at.
        var settings = Path.Combine(_directory.Path, "agent.json");
        await File.WriteAllTextAsync(settings, "{ \"maxTasks\": \"many\" }");
        (code, said) = await RunProgramAsync("doctor", "--state", State, "--config", settings);
        code.ShouldBe(1, said);
        said.ShouldContain($"! settings     {settings}, line 1: maxTasks cannot be \"many\"");
        said.ShouldContain("+ acceptance ");
        (code, said) = await RunProgramAsync("status", "--state", State, "--config", settings);
        code.ShouldBe(1, said);
        said.ShouldContain("maxTasks cannot be");
        said.ShouldContain("connection   up since");

        // None at all.
        (await agent.TerminateAsync()).ShouldBe(0);
        (code, said) = await RunProgramAsync("doctor", "--state", State, "--controller", "127.0.0.1:1");
        code.ShouldBe(1, said);
        said.ShouldContain("! port         port 1 cannot be reached: 127.0.0.1: Connection refused");
        said.ShouldContain("-> is the controller running");
        said.ShouldContain("! agent        no agent runs");
    }

    [Fact]
    public async Task A_second_agent_on_the_same_state_is_refused()
    {
        var agent = Run();
        await (await _controller.NextLinkAsync()).WelcomeAsync();
        var (code, output) = await RunProgramAsync("run", "--state", State);
        code.ShouldBe(1);
        output.ShouldContain("another agent runs");
    }

    [Theory]
    [InlineData(2, "there is no \"--wings\"", "run", "--wings")]
    [InlineData(2, "maxTasks cannot be \"0\"", "check-config", "--max-tasks", "0")]
    [InlineData(2, "there is no command \"fly\"; see: fleet-agent help", "fly")]
    [InlineData(1, "not enrolled", "run", "--state", "/nonexistent-fleet-state")]
    [InlineData(0, "fleet-agent 0.1.0", "version")]
    [InlineData(0, "in order", "check-config")]
    public async Task Exit_codes_and_messages_are_plain(int code, string message, params string[] words)
    {
        var (actual, output) = await RunProgramAsync(words);
        actual.ShouldBe(code, output);
        output.ShouldContain(message);
    }

    [Fact]
    public async Task The_earlier_spelling_of_enroll_is_still_a_command()
    {
        var (code, output) = await RunProgramAsync("enrol", "--help");
        code.ShouldBe(0, output);
        output.ShouldBe((await RunProgramAsync("enroll", "--help")).Output);
        (await RunProgramAsync("enrolls", "--help")).Code.ShouldBe(2);
    }

    private AgentProcess Run() => AgentProcess.Start(_executor, "run", "--state", State);

    private Task<(int Code, string Output)> RunProgramAsync(params string[] words) => AgentProcess.RunAsync(_executor, words);

    private Task<(int Code, string Output)> EnrollAsync(params string[] more) => RunProgramAsync(
        ["enroll", "--controller", $"{_controller.Address.Host}:{_controller.Address.Port}", "--token", _fleet.Token, "--state", State, .. more]);
}
