using System.Globalization;
using Fleet.Agent.Tests.Link;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Tests.Identity;

/// <summary>The real program over real TLS.</summary>
public sealed class AgentProcessTests : IAsyncLifetime, IDisposable
{
    private static readonly string s_id = Some.Task.ToString();
    private readonly TemporaryDirectory _directory = new();
    private readonly TestFleet _fleet = new();
    private ScriptedController _controller = null!;

    public async Task InitializeAsync()
    {
        _controller = await _fleet.StartAsync();
        var (code, output) = await AgentProcess.RunAsync(
            "enrol", "--controller", $"{_controller.Address.Host}:{_controller.Address.Port}", "--token", _fleet.Token, "--state", _directory.Path);
        code.ShouldBe(0, output);
    }

    public async Task DisposeAsync() => await _controller.DisposeAsync();

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
        using (var agent = Run())
        {
            var link = await _controller.NextLinkAsync();
            journalId = (await link.WelcomeAsync()).JournalId;
            await link.StartAsync(Some.Start(Some.Task, Some.Spec(Some.Shell("sleep 1000 & echo $!; wait"))));
            var output = await link.RecordAsync(r => r.EntryCase == TaskRecord.EntryOneofCase.Output);
            sleeper = int.Parse(output.Output.Data.ToStringUtf8(), CultureInfo.InvariantCulture);
            await agent.KillAsync();
        }

        Directory.Exists($"/proc/{sleeper}").ShouldBeTrue();
        using var second = Run();
        var again = await _controller.NextLinkAsync();
        var hello = await again.WelcomeAsync(null, new TaskAck { TaskId = s_id, Seq = 1 });
        hello.JournalId.ShouldBe(journalId);
        hello.HeldTasks.ShouldHaveSingleItem().TaskId.ShouldBe(s_id);
        var records = await again.RecordsToEndAsync(s_id);
        records[0].Seq.ShouldBe(2UL);
        records[^1].Ended.State.ShouldBe(TaskState.Interrupted);
        records[^1].Ended.Reason.ShouldStartWith("the agent was restarted while the task ran; ");
        IsRunning(sleeper).ShouldBeFalse();
        await again.AckAsync(s_id, records[^1].Seq);
        (await second.TerminateAsync()).ShouldBe(0);
        Directory.GetFiles(Path.Combine(_directory.Path, "tasks")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_terminated_agent_ends_its_task_delivers_that_and_exits_with_0()
    {
        using var agent = Run();
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        await link.StartAsync(Some.Start(Some.Task, Some.Spec(Some.Shell("echo on; sleep 1000"))));
        await link.RecordAsync(r => r.EntryCase == TaskRecord.EntryOneofCase.Output);
        var exit = agent.TerminateAsync();
        var records = await link.RecordsToEndAsync(s_id);
        await link.AckAsync(s_id, records[^1].Seq);

        records[^1].Ended.State.ShouldBe(TaskState.Interrupted);
        (await exit).ShouldBe(0);
        Directory.GetFiles(Path.Combine(_directory.Path, "tasks")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_certificate_past_two_thirds_of_its_life_is_renewed_over_the_link()
    {
        // Issued five minutes back and good for one more: it is due at once.
        _fleet.Life = TimeSpan.FromMinutes(1);
        (await AgentProcess.RunAsync(
            "enrol", "--force", "--controller", $"{_controller.Address.Host}:{_controller.Address.Port}", "--token", _fleet.Token, "--state", _directory.Path)).Code.ShouldBe(0);
        using var agent = Run();
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        var message = await link.NextAsync();
        _fleet.Life = TimeSpan.FromDays(90);
        await link.SendAsync(new ControllerMessage
        {
            CertificateIssued = new CertificateIssued { Chain = { Google.Protobuf.ByteString.CopyFrom(_fleet.Issue(message.CertificateRequest.Csr.Span)) } },
        });

        await (await _controller.NextLinkAsync()).WelcomeAsync();
        var (_, status) = await AgentProcess.RunAsync("status", "--state", _directory.Path);
        status.ShouldContain("running");
        status.ShouldContain(TimeProvider.System.GetUtcNow().AddDays(90).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        (await agent.TerminateAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_second_agent_on_the_same_state_is_refused()
    {
        using var agent = Run();
        await (await _controller.NextLinkAsync()).WelcomeAsync();
        var (code, output) = await AgentProcess.RunAsync("run", "--state", _directory.Path);
        code.ShouldBe(1);
        output.ShouldContain("another agent runs");
    }

    [Theory]
    [InlineData(2, "there is no \"--wings\"", "run", "--wings")]
    [InlineData(2, "max_tasks cannot be \"0\"", "check-config", "--max-tasks", "0")]
    [InlineData(2, "Usage:", "fly")]
    [InlineData(1, "not enrolled", "run", "--state", "/nonexistent-fleet-state")]
    [InlineData(0, "fleet-agent 0.1.0", "version")]
    [InlineData(0, "in order", "check-config")]
    public async Task Exit_codes_and_messages_are_plain(int code, string message, params string[] words)
    {
        var (actual, output) = await AgentProcess.RunAsync(words);
        actual.ShouldBe(code, output);
        output.ShouldContain(message);
    }

    private AgentProcess Run() => AgentProcess.Start("run", "--state", _directory.Path);

    // A killed process may be a zombie for a moment where nobody reaps it.
    private static bool IsRunning(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
