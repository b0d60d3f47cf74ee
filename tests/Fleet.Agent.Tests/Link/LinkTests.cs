using Fleet.Agent.Link;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Tests.Link;

public sealed class LinkTests : IAsyncLifetime, IDisposable
{
    private static readonly string s_id = Some.Task.ToString();
    private readonly TemporaryDirectory _directory = new();
    private ScriptedController _controller = null!;

    public async Task InitializeAsync() => _controller = await ScriptedController.StartAsync();

    public async Task DisposeAsync() => await _controller.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_task_goes_from_order_to_acknowledgement_and_leaves_nothing_behind()
    {
        await using var agent = Agent();
        var link = await _controller.NextLinkAsync();
        var hello = await link.WelcomeAsync();
        hello.ProtocolVersion.ShouldBe(1U);
        hello.HeldTasks.ShouldBeEmpty();
        hello.Facts.Values["os"].ShouldBe("linux");

        await link.StartAsync(Some.Start(Some.Task, Some.Spec(Some.Shell("echo out; echo err >&2; exit 3"))));
        var records = await link.RecordsToEndAsync(s_id);

        records.Select(r => r.Seq).ShouldBe(Enumerable.Range(1, records.Count).Select(i => (ulong)i));
        records[0].EntryCase.ShouldBe(TaskRecord.EntryOneofCase.Started);
        Text(records, OutputStream.Stdout).ShouldBe("out\n");
        Text(records, OutputStream.Stderr).ShouldBe("err\n");
        records.Single(r => r.EntryCase == TaskRecord.EntryOneofCase.StepEnded).StepEnded.Outcome.ExitCode.ShouldBe(3);
        records[^1].Ended.State.ShouldBe(TaskState.Failed);
        records[^1].Ended.ExitCode.ShouldBe(3);
        records[^1].Ended.Reason.ShouldBe("exited with code 3");

        agent.Journal.Logs.Count.ShouldBe(1);
        await link.AckAsync(s_id, records[^1].Seq);
        await Until(() => agent.Journal.Logs.Count == 0 && agent.Journal.Usage.Bytes == 0);
    }

    [Fact]
    public async Task A_cut_link_resends_what_was_not_acknowledged_and_nothing_else()
    {
        await using var agent = Agent();
        var first = await _controller.NextLinkAsync();
        await first.WelcomeAsync();
        await first.StartAsync(Some.Start(Some.Task, Some.Spec(Some.Shell("echo one; read line < /dev/null; sleep 0.3; echo two"))));
        await first.RecordAsync(r => r.EntryCase == TaskRecord.EntryOneofCase.Output);
        await first.AckAsync(s_id, 1);
        first.Cut();

        var second = await _controller.NextLinkAsync();
        var hello = await second.WelcomeAsync(null, new TaskAck { TaskId = s_id, Seq = 1 });
        hello.HeldTasks.ShouldHaveSingleItem().TaskId.ShouldBe(s_id);
        var records = await second.RecordsToEndAsync(s_id);

        records[0].Seq.ShouldBe(2UL);
        records.Select(r => r.Seq).ShouldBe(Enumerable.Range(2, records.Count).Select(i => (ulong)i));
        Text(records, OutputStream.Stdout).ShouldBe("one\ntwo\n");
        records[^1].Ended.State.ShouldBe(TaskState.Succeeded);
    }

    [Fact]
    public async Task An_order_that_comes_many_times_runs_once()
    {
        var witness = Path.Combine(_directory.Path, "witness");
        var order = Some.Start(Some.Task, Some.Spec(Some.Shell($"echo ran >> {witness}")));
        await using var agent = Agent();
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        for (var i = 0; i < 20; i++)
            await link.StartAsync(order);
        var records = await link.RecordsToEndAsync(s_id);
        await link.StartAsync(order);
        await link.AckAsync(s_id, records[^1].Seq);
        await Until(() => agent.Journal.Logs.Count == 0);
        link.Cut();

        var again = await _controller.NextLinkAsync();
        await again.WelcomeAsync();
        await again.StartAsync(order);
        var end = (await again.RecordsToEndAsync(s_id)).ShouldHaveSingleItem().Ended;
        end.State.ShouldBe(TaskState.Interrupted);
        end.Reason.ShouldContain("does not run again");
        File.ReadAllLines(witness).ShouldBe(["ran"]);
    }

    [Fact]
    public async Task A_wrong_digest_is_rejected_and_nothing_runs()
    {
        await using var agent = Agent();
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        var order = Some.Start(Some.Task, Some.Spec(Some.Shell("exit 0")));
        order.Spec = Google.Protobuf.MessageExtensions.ToByteString(Some.Spec(Some.Shell("exit 1")));
        await link.StartAsync(order);

        var record = (await link.RecordsToEndAsync(s_id)).ShouldHaveSingleItem();
        record.Seq.ShouldBe(1UL);
        record.Ended.State.ShouldBe(TaskState.Rejected);
        record.Ended.Reason.ShouldContain("digest");
        agent.Journal.Logs.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(CancelTask.Types.Cause.Operator, TaskState.Cancelled)]
    [InlineData(CancelTask.Types.Cause.Deadline, TaskState.TimedOut)]
    [InlineData(CancelTask.Types.Cause.Abandoned, TaskState.Cancelled)]
    public async Task A_cancel_ends_the_task_as_its_cause_says(CancelTask.Types.Cause cause, TaskState state)
    {
        await using var agent = Agent();
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        await link.StartAsync(Some.Start(Some.Task, Some.Spec(Some.Shell("echo on; sleep 1000"))));
        await link.RecordAsync(r => r.EntryCase == TaskRecord.EntryOneofCase.Output);
        await link.SendAsync(new ControllerMessage { CancelTask = new CancelTask { TaskId = s_id, Cause = cause, Reason = "because" } });

        var end = (await link.RecordsToEndAsync(s_id))[^1].Ended;
        end.State.ShouldBe(state);
        end.Reason.ShouldBe("because");
    }

    [Fact]
    public async Task A_cancel_that_overtakes_its_order_wins()
    {
        await using var agent = Agent();
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        await link.SendAsync(new ControllerMessage { CancelTask = new CancelTask { TaskId = s_id, Cause = CancelTask.Types.Cause.Operator } });
        (await link.RecordsToEndAsync(s_id)).ShouldHaveSingleItem().Ended.State.ShouldBe(TaskState.Cancelled);

        await link.StartAsync(Some.Start(Some.Task, Some.Spec()));
        (await link.RecordsToEndAsync(s_id)).ShouldHaveSingleItem().Ended.State.ShouldNotBe(TaskState.Succeeded);
    }

    [Fact]
    public async Task Tasks_that_the_controller_does_not_know_are_ended_and_forgotten()
    {
        await using var agent = Agent();
        var first = await _controller.NextLinkAsync();
        await first.WelcomeAsync();
        await first.StartAsync(Some.Start(Some.Task, Some.Spec(Some.Shell("echo on; sleep 1000"))));
        await first.StartAsync(Some.Start(Some.TaskNumber(2), Some.Spec()));
        await first.RecordAsync(r => r.TaskId == s_id && r.EntryCase == TaskRecord.EntryOneofCase.Output);
        await Until(() => agent.Journal.Find(Some.TaskNumber(2)) is { HasEnded: true });
        first.Cut();

        await (await _controller.NextLinkAsync()).WelcomeAsync();
        await Until(() => agent.Journal.Logs.Count == 0 && agent.Desk.Running == 0);
    }

    [Fact]
    public async Task No_more_is_in_flight_than_the_window()
    {
        var options = new LinkOptions { WindowBytes = 64 * 1024, BatchBytes = 16 * 1024 };
        await using var agent = new LinkedAgent(_directory.Path, new PlainDialer(_controller.Address), options: options);
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        var spec = Some.Spec(Some.Shell("head -c 1000000 /dev/zero"));
        spec.Output = new OutputLimits { HeadBytes = 2_000_000 };
        await link.StartAsync(Some.Start(Some.Task, spec));
        await Until(() => agent.Journal.Find(Some.Task) is { HasEnded: true });

        // One record more than the window may be under way, and each is at most a chunk.
        var (unacknowledged, total, last) = (0L, 0L, default(TaskRecord)!);
        while (last?.EntryCase != TaskRecord.EntryOneofCase.Ended)
        {
            foreach (var record in (await link.NextAsync()).Records.Records)
            {
                last = record;
                unacknowledged += record.CalculateSize();
                total += record.Output?.Data.Length ?? 0;
            }

            unacknowledged.ShouldBeLessThan(64 * 1024 + 16 * 1024 + 70 * 1024);
            if (unacknowledged < 60 * 1024)
                continue;
            await link.AckAsync(s_id, last!.Seq);
            unacknowledged = 0;
        }

        total.ShouldBe(1_000_000);
    }

    [Fact]
    public async Task A_task_beyond_the_queue_is_rejected_and_one_that_waits_too_long_as_well()
    {
        await using var agent = new LinkedAgent(_directory.Path, new PlainDialer(_controller.Address), maxTasks: 1);
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        await link.StartAsync(Some.Start(Some.Task, Some.Spec(Some.Shell("sleep 1000"))));
        var late = Some.Start(Some.TaskNumber(2), Some.Spec());
        late.StartTimeoutMs = 100;
        await link.StartAsync(late);
        for (var i = 3; i <= 10; i++)
            await link.StartAsync(Some.Start(Some.TaskNumber(i), Some.Spec()));

        var ends = new Dictionary<string, TaskEnded>();
        while (ends.Count < 2)
        {
            var end = await link.RecordAsync(r => r.EntryCase == TaskRecord.EntryOneofCase.Ended);
            ends[end.TaskId] = end.Ended;
        }

        ends[Some.TaskNumber(2).ToString()].State.ShouldBe(TaskState.Rejected);
        ends[Some.TaskNumber(2).ToString()].Reason.ShouldContain("waited longer");
        ends[Some.TaskNumber(10).ToString()].State.ShouldBe(TaskState.Rejected);
        await Until(() => agent.Desk is { Running: 1, Queued: 7 });
    }

    [Fact]
    public async Task A_message_that_is_not_known_is_passed_over()
    {
        await using var agent = Agent();
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        await link.SendAsync(new ControllerMessage());
        await link.StartAsync(new StartTask { TaskId = "../../etc/passwd" });
        await link.SendAsync(new ControllerMessage { CancelTask = new CancelTask { TaskId = "" } });
        await link.AckAsync("nothing", ulong.MaxValue);
        await link.StartAsync(Some.Start(Some.Task, Some.Spec()));
        (await link.RecordsToEndAsync(s_id))[^1].Ended.State.ShouldBe(TaskState.Succeeded);
    }

    [Fact]
    public async Task A_stopping_agent_ends_what_runs_and_forgets_what_has_not_begun()
    {
        await using var agent = new LinkedAgent(_directory.Path, new PlainDialer(_controller.Address), maxTasks: 1);
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync();
        await link.StartAsync(Some.Start(Some.Task, Some.Spec(Some.Shell("echo on; sleep 1000"))));
        await link.StartAsync(Some.Start(Some.TaskNumber(2), Some.Spec()));
        await link.RecordAsync(r => r.EntryCase == TaskRecord.EntryOneofCase.Output);
        await agent.Desk.StopAsync("", CancellationToken.None).WaitAsync(ScriptedController.Patience);

        var records = await link.RecordsToEndAsync(s_id);
        records[^1].Ended.State.ShouldBe(TaskState.Interrupted);
        records[^1].Ended.Reason.ShouldBe("the agent was stopped (its service, its package or the host) while the task ran");
        File.Exists(Path.Combine(_directory.Path, "tasks", Some.TaskNumber(2) + ".log")).ShouldBeFalse();
    }

    private LinkedAgent Agent() => new(_directory.Path, new PlainDialer(_controller.Address));

    private static string Text(IEnumerable<TaskRecord> records, OutputStream stream) =>
        string.Concat(records.Where(r => r.Output?.Stream == stream).Select(r => r.Output.Data.ToStringUtf8()));

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(ScriptedController.Patience);
        while (!condition())
            await Task.Delay(10, limit.Token);
    }
}
