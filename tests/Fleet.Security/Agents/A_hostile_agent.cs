using Fleet.Protocol.V1;
using Fleet.Security.Client;
using Google.Protobuf;

namespace Fleet.Security.Agents;

/// <summary>An agent that was enrolled, and was taken over since: it harms nobody but itself.</summary>
[Collection(OneFleet.Name)]
public sealed class A_hostile_agent(FleetUnderAttack fleet)
{
    public static TheoryData<string, byte[]> BrokenMessages => new()
    {
        { "garbage", Frames.Of([0xff, 0xff, 0xff, 0xff, 0xff]) },
        { "a varint without an end", Frames.Of([0x0a, 0xff, 0xff, 0xff]) },
        { "a length beyond the limit", Frames.Of([1, 2, 3], length: 64 << 20) },
        { "a negative length", Frames.Of([1, 2, 3], length: -1) },
        { "a compressed message", Frames.Of([1, 2, 3], flag: 1) },
        { "an unknown flag", Frames.Of([1, 2, 3], flag: 9) },
        { "nesting without an end", Frames.Of(Nested(200)) },
        { "five megabytes", Frames.Of(new byte[5 << 20]) },
    };

    public static TheoryData<string, AgentMessage> WrongMessages => new()
    {
        { "a second hello", new AgentMessage { Hello = new Hello { ProtocolVersion = 1 } } },
        { "8,193 records", new AgentMessage { Records = new TaskRecords { Records = { Enumerable.Repeat(new TaskRecord { TaskId = "20261130-010203-abcd.1", Seq = 1 }, 8193) } } } },
        { "a task id that is a path", Records("../../x.1") },
        { "a task id of 10,000 characters", Records(new string('x', 10_000)) },
        { "a task id with an escape", Records("20261130-010203-abcd.1\u001b[2J") },
    };

    [Theory]
    [MemberData(nameof(BrokenMessages))]
    public async Task Bytes_that_are_no_message_end_its_own_connection_only(string what, byte[] bytes)
    {
        var controller = fleet.Fleet.Controller.ProcessId;
        await using (var agent = await FakeAgent.ConnectAsync(fleet))
        {
            agent.SendRaw(bytes);
            (await agent.EndAsync()).Status.ShouldNotBe(0, what);
        }

        await fleet.ShouldServeAsync(controller, what);
    }

    [Theory]
    [MemberData(nameof(WrongMessages))]
    public async Task A_message_that_breaks_the_protocol_is_refused_with_its_reason(string what, AgentMessage message)
    {
        await using var agent = await FakeAgent.ConnectAsync(fleet);
        agent.Send(message);

        var end = await agent.EndAsync();

        end.Status.ShouldNotBeNull(what);
        end.Status.ShouldNotBe(0, what);
        end.Detail.ShouldNotBeEmpty(what);
        end.Detail.Any(char.IsControl).ShouldBeFalse(end.Detail);
        end.Detail.ShouldNotContain("Exception");
    }

    [Fact]
    public async Task Records_for_another_agents_task_are_refused_and_that_task_goes_on()
    {
        var job = (await fleet.RunAsync("exec", "web1", "--detach", "-c", "sleep 60; echo done")).Trim();
        var task = $"{job}.1";
        await Fleet.Harness.Patience.UntilAsync("the task runs", async () => (await fleet.RunAsync("jobs", "show", job, "--tasks")).Contains("running", StringComparison.Ordinal));
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
        var marker = Path.Combine(fleet.Fleet.Directory, "command-ran");
        var file = Path.Combine(fleet.Fleet.Directory, "only-web1.yaml");
        await File.WriteAllTextAsync(file, $"""
            channels:
              - name: shell
                command: [/usr/bin/touch, {marker}]
            scans:
              - name: only1
                target: web1
                sources:
                  - file: /var/log/nothing.log
                patterns:
                  - p=forged
                alert:
                  count: 1
                  notify: [shell]
            """);
        await fleet.RunAsync("scan", "apply", "-f", file);
        await using var agent = await FakeAgent.ConnectAsync(fleet);

        agent.Send(FakeAgent.Report(1, FakeAgent.Hit("only1", 1, "p forged"), FakeAgent.Hit("nothing", 2, "p forged")));
        await agent.ReadAsync(message => message.ScanReportAck is { Number: 1 });

        // Judged after it is stored: a hit that counts, of the host that has the scan, would raise its alert by then.
        await Task.Delay(TimeSpan.FromSeconds(2));
        (await fleet.RunAsync("alerts", "list", "--all", "--json")).ShouldNotContain("only1");
        File.Exists(marker).ShouldBeFalse();
        await fleet.RunAsync("scan", "delete", "only1", "--yes");
    }

    private Task JobEndsAsync(string job) => Fleet.Harness.Patience.UntilAsync(
        $"job {job} is done", async () => (await fleet.RunAsync("jobs", "list", "--json", "--limit", "50")).Split('\n').Any(line => line.Contains(job, StringComparison.Ordinal) && line.Contains("\"done\":true", StringComparison.Ordinal)));

    private static AgentMessage Records(string taskId) => new() { Records = new TaskRecords { Records = { new TaskRecord { TaskId = taskId, Seq = 1 } } } };

    private static byte[] Nested(int depth)
    {
        // Field 1 of field 1 of ...: each two bytes deeper, as far as one byte of length reaches.
        var bytes = Array.Empty<byte>();
        for (var i = 0; i < depth && bytes.Length < 16_000; i++)
        {
            var writer = new MemoryStream();
            using (var output = new CodedOutputStream(writer, leaveOpen: true))
            {
                output.WriteTag(1, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(bytes));
            }

            bytes = writer.ToArray();
        }

        return bytes;
    }
}
