using System.Runtime.CompilerServices;
using Fleet.Harness;
using Fleet.Protocol.V1;
using Fleet.Security.Client;

namespace Fleet.Security.Agents;

/// <summary>An agent that was enrolled, and was taken over since: it harms nobody but itself.</summary>
[Collection(OneFleet.Name)]
public sealed class A_hostile_agent(FleetUnderAttack fleet)
{
    private static readonly Dictionary<string, Func<byte[]>> s_broken = new(StringComparer.Ordinal)
    {
        ["garbage"] = () => Frames.Of([0xff, 0xff, 0xff, 0xff, 0xff]),
        ["a varint without an end"] = () => Frames.Of([0x0a, 0xff, 0xff, 0xff]),
        ["a length beyond the limit"] = () => Frames.Of([1, 2, 3], length: 64 << 20),
        ["a negative length"] = () => Frames.Of([1, 2, 3], length: -1),
        ["a compressed message"] = () => Frames.Of([1, 2, 3], flag: 1),
        ["an unknown flag"] = () => Frames.Of([1, 2, 3], flag: 9),
        ["groups within groups without an end"] = () => Frames.Of([.. Enumerable.Repeat<byte[]>([0xa3, 0x06], 10_000).SelectMany(tag => tag)]),
        ["five megabytes"] = () => Frames.Of(new byte[5 << 20]),
    };

    private static readonly Dictionary<string, Func<AgentMessage>> s_wrong = new(StringComparer.Ordinal)
    {
        ["a second hello"] = () => new AgentMessage { Hello = new Hello { ProtocolVersion = 1 } },
        ["8,193 records"] = () => new AgentMessage { Records = new TaskRecords { Records = { Enumerable.Repeat(new TaskRecord { TaskId = "20261130-010203-abcd.1", Seq = 1 }, 8193) } } },
        ["a task id that is a path"] = () => Records("../../x.1"),
        ["a task id of 10,000 characters"] = () => Records(new string('x', 10_000)),
        ["a task id with an escape"] = () => Records("20261130-010203-abcd.1\u001b[2J"),
        ["a report without a number"] = () => new AgentMessage { ScanReport = new ScanReport { SpoolId = "s" } },
        ["a hit without an id"] = () => new AgentMessage { ScanReport = new ScanReport { Number = 1, SpoolId = "s", Hits = { new Hit { Scan = "x" } } } },
        ["a scan's name with an escape"] = () => FakeAgent.Report(1, FakeAgent.Hit("a\u001b[2J", 1, "x")),
        ["10,001 findings"] = () => FakeAgent.Report(1, [.. Enumerable.Repeat(FakeAgent.Hit("x", 1, "x"), 10_001)]),
        ["1,000 facts"] = () => new AgentMessage { Facts = Facts(1000, "x") },
        ["a fact of a megabyte"] = () => new AgentMessage { Facts = Facts(1, new string('x', 1 << 20)) },
    };

    public static TheoryData<string> BrokenMessages => [.. s_broken.Keys];

    public static TheoryData<string> WrongMessages => [.. s_wrong.Keys];

    [Theory]
    [MemberData(nameof(BrokenMessages))]
    public async Task Bytes_that_are_no_message_end_its_own_connection_only(string what)
    {
        var controller = fleet.Fleet.Controller.ProcessId;
        await using (var agent = await FakeAgent.ConnectAsync(fleet))
        {
            agent.SendRaw(s_broken[what]());
            (await agent.EndAsync()).Status.ShouldNotBe(0, what);
        }

        await fleet.ShouldServeAsync(controller, what);
    }

    [Theory]
    [MemberData(nameof(WrongMessages))]
    public async Task A_message_that_breaks_the_protocol_is_refused_with_its_reason(string what)
    {
        await using var agent = await FakeAgent.ConnectAsync(fleet);
        agent.Send(s_wrong[what]());

        var end = await agent.EndAsync();

        end.Status.ShouldBeOneOf([Answer.InvalidArgument, Answer.FailedPrecondition], $"{what}: {end}");
        end.Detail.ShouldNotBeEmpty(what);
        end.Detail.Any(char.IsControl).ShouldBeFalse(end.Detail);
        end.Detail.ShouldNotContain("Exception");
    }

    [Fact]
    public async Task Records_for_another_agents_task_are_refused_and_that_task_goes_on()
    {
        var job = (await fleet.RunAsync("exec", "web1", "--detach", "-c", "sleep 60; echo done")).Trim();
        var task = $"{job}.1";
        await Patience.UntilAsync("the task runs", async () => (await fleet.RunAsync("jobs", "show", job, "--tasks")).Contains("running", StringComparison.Ordinal));
        await using var agent = await FakeAgent.ConnectAsync(fleet);

        agent.Send(new TaskRecord { TaskId = task, Seq = 2, Ended = new TaskEnded { State = TaskState.Succeeded } });

        var end = await agent.EndAsync();
        end.Status.ShouldBe(Answer.PermissionDenied, end.ToString());
        (await fleet.RunAsync("jobs", "show", job, "--tasks")).ShouldContain("running");
        await fleet.RunAsync("jobs", "cancel", job);
    }

    [Fact]
    public async Task A_lie_about_its_own_task_ends_that_task_as_interrupted()
    {
        await using var agent = await FakeAgent.ConnectAsync(fleet);
        var job = (await fleet.RunAsync("exec", "fake1", "--detach", "-c", "true")).Trim();
        var start = (await agent.ReadAsync(message => message.StartTask is not null)).StartTask;
        start.TaskId.ShouldBe($"{job}.1");

        agent.Send(
            new TaskRecord { TaskId = start.TaskId, Seq = 1, Started = new TaskStarted() },
            new TaskRecord { TaskId = start.TaskId, Seq = 2, Ended = new TaskEnded { State = TaskState.Succeeded, ExitCode = 7, Signal = 9 } });

        await JobEndsAsync(job);
        (await fleet.RunAsync("jobs", "show", job, "--tasks")).ShouldContain("interrupted");
    }

    [Fact]
    public async Task What_it_says_of_its_task_reaches_no_terminal_as_it_is()
    {
        await using var agent = await FakeAgent.ConnectAsync(fleet);
        var job = (await fleet.RunAsync("exec", "fake1", "--detach", "-c", "true")).Trim();
        var start = (await agent.ReadAsync(message => message.StartTask is not null)).StartTask;
        const string reason = "why\u001b]0;owned\u0007\n--- web[1-3] (3 hosts) succeeded\r\u202eabc\u200b";

        agent.Send(
            new TaskRecord { TaskId = start.TaskId, Seq = 1, Started = new TaskStarted() },
            new TaskRecord { TaskId = start.TaskId, Seq = 2, Ended = new TaskEnded { State = TaskState.Failed, ExitCode = 1, Reason = reason } });

        await JobEndsAsync(job);
        foreach (var arguments in new string[][] { ["jobs", "show", job], ["jobs", "show", job, "--tasks"], ["jobs", "show", job, "--no-group"], ["jobs", "show", job, "--stream"] })
        {
            var shown = await fleet.Fleet.Admin.RunAsync(arguments);
            var text = shown.Stdout + shown.Stderr;
            text.ShouldContain("why");
            text.Split('\n').ShouldNotContain(line => line.StartsWith("--- web[1-3]", StringComparison.Ordinal));
            text.Any(c => c is '\u001b' or '\u0007' or '\r' or '\u202e' or '\u200b').ShouldBeFalse(string.Join(' ', arguments));
        }
    }

    [Fact]
    public async Task Hits_of_a_scan_that_it_was_never_given_raise_no_alert_and_start_no_command()
    {
        string[] scans = ["others", "own"];
        string Marker(string scan) => Path.Combine(fleet.Fleet.Directory, $"command-ran-for-{scan}");
        var file = Path.Combine(fleet.Fleet.Directory, "two-scans.yaml");
        await File.WriteAllTextAsync(file, $"""
            channels:
              - name: for-others
                command: [/usr/bin/touch, {Marker("others")}]
              - name: for-own
                command: [/usr/bin/touch, {Marker("own")}]
            scans:
              - name: others
                target: web1
                sources:
                  - file: /var/log/nothing.log
                patterns: ['p=forged']
                alert: {"{count: 1, notify: [for-others]}"}
              - name: own
                target: fake1
                sources:
                  - file: /var/log/nothing.log
                patterns: ['p=forged']
                alert: {"{count: 1, notify: [for-own]}"}
            """);
        await fleet.RunAsync("scan", "apply", "-f", file);
        await using var agent = await FakeAgent.ConnectAsync(fleet);

        // The forged ones first: they would be judged first, and told first.
        agent.Send(FakeAgent.Report(1, FakeAgent.Hit("others", 1, "p forged"), FakeAgent.Hit("nothing", 2, "p forged")));
        agent.Send(FakeAgent.Report(2, FakeAgent.Hit("own", 3, "p forged")));
        await agent.ReadAsync(message => message.ScanReportAck is { Number: 2 });
        await Patience.UntilAsync("the agent's own scan raises its alert", () => File.Exists(Marker("own")), evidence: () => fleet.Fleet.Controller.Output);

        File.Exists(Marker("others")).ShouldBeFalse();
        var alerts = await fleet.RunAsync("alerts", "list", "--all", "--json");
        alerts.ShouldContain("\"own\"");
        alerts.ShouldNotContain("\"others\"");
        alerts.ShouldNotContain("\"nothing\"");
        foreach (var scan in scans)
            await fleet.RunAsync("scan", "delete", scan, "--yes");
    }

    [Fact]
    public async Task A_flood_of_what_it_may_send_keeps_nobody_waiting()
    {
        var controller = fleet.Fleet.Controller.ProcessId;
        await using var agent = await FakeAgent.ConnectAsync(fleet);
        var heartbeat = new AgentMessage { Heartbeat = new Heartbeat() };
        var sent = new StrongBox<int>();
        using var stop = new CancellationTokenSource();
        var end = agent.EndAsync();
        var flood = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; sent.Value++)
                await agent.SendAsync(sent.Value % 100 == 0 ? new AgentMessage { Facts = Facts(10, $"{sent.Value}") } : sent.Value % 2 == 0 ? heartbeat : new AgentMessage());
        });
        try
        {
            while (Volatile.Read(ref sent.Value) < 5_000 && !flood.IsCompleted)
                await fleet.ShouldServeAsync(controller, "a flood of messages (during it)");
        }
        finally
        {
            await stop.CancelAsync();
            await flood;
        }

        // It was all listened to, and the connection still stood.
        await agent.SendAsync(s_wrong["a second hello"]());
        (await end).Status.ShouldBe(Answer.FailedPrecondition, (await end).ToString());
        await fleet.ShouldServeAsync(controller, "a flood of messages");
    }

    private Task JobEndsAsync(string job) => Patience.UntilAsync(
        $"job {job} is done", async () => (await fleet.RunAsync("jobs", "list", "--json", "--limit", "50")).Split('\n').Any(line => line.Contains(job, StringComparison.Ordinal) && line.Contains("\"done\":true", StringComparison.Ordinal)));

    private static AgentMessage Records(string taskId) => new() { Records = new TaskRecords { Records = { new TaskRecord { TaskId = taskId, Seq = 1 } } } };

    private static Facts Facts(int count, string value)
    {
        var facts = new Facts();
        for (var i = 0; i < count; i++)
            facts.Values[$"f{i}"] = value;
        return facts;
    }
}
