using Fleet.Controller.Identity;
using Fleet.Controller.Agents;
using Fleet.Controller.Link;
using Fleet.Controller.Registry;
using Fleet.Protocol.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using static Fleet.Protocol.V1.ControllerMessage;
using TaskRecord = Fleet.Protocol.V1.TaskRecord;
using TaskState = Fleet.Protocol.V1.TaskState;

namespace Fleet.Controller.Tests.Link;

/// <summary>Greetings, faults and ends of links, over a real server.</summary>
public sealed class AgentLinkTests
{
    [Fact]
    public async Task An_agent_that_says_hello_is_welcomed_and_seen_online_with_its_facts()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");

        await using var agent = await ScriptedAgent.LinkAsync(controller, enrolled);

        agent.Welcome.ProtocolVersion.ShouldBe(1u);
        agent.Welcome.HeartbeatTimeoutMs.ShouldBe(15_000);
        // One agent at 500 a second.
        agent.Welcome.ReconnectWindowMs.ShouldBe(2);
        controller.Registry.Find(enrolled.Id)!.Link.ShouldNotBeNull();
        await Eventually.Async(() => controller.Registry.Find(enrolled.Id)!.Record.Facts.GetValueOrDefault("os") == "linux");
        (await controller.Store.Agents.GetAsync(enrolled.Id, CancellationToken.None))!.Facts["os"].ShouldBe("linux");
    }

    [Fact]
    public async Task An_agent_that_leaves_is_gone_and_its_name_is_free()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");
        var (channel, headers) = controller.AsAgent(enrolled);
        using var _ = channel;
        var client = new AgentLink.AgentLinkClient(channel);

        (await client.LeaveAsync(new LeaveRequest(), headers).ResponseAsync.WaitAsync(TestController.Patience)).Name.ShouldBe("web1");

        controller.Registry.Find(enrolled.Id).ShouldBeNull();
        var again = await Should.ThrowAsync<RpcException>(client.LeaveAsync(new LeaveRequest(), headers).ResponseAsync.WaitAsync(TestController.Patience));
        again.StatusCode.ShouldBe(StatusCode.PermissionDenied);
        (await controller.EnrollAsync("web1")).Name.ShouldBe("web1");
    }

    [Fact]
    public async Task A_heartbeat_is_answered_with_its_number()
    {
        await using var controller = await TestController.StartAsync();
        var (channel, headers) = controller.AsAgent(await controller.EnrollAsync("web1"));
        using var _ = channel;
        using var call = new AgentLink.AgentLinkClient(channel).Connect(headers);
        await using var scripted = ScriptedAgent.Open(controller, await controller.EnrollAsync("web2"));
        await call.RequestStream.WriteAsync(scripted.Hello());
        (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience)).ShouldBeTrue();

        await call.RequestStream.WriteAsync(new AgentMessage { Heartbeat = new Heartbeat { Number = 41, RunningTasks = 2 } });

        (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience)).ShouldBeTrue();
        call.ResponseStream.Current.Heartbeat.Number.ShouldBe(41ul);
        controller.Registry.FindByNameOrId("web1")!.Link!.RunningTasks.ShouldBe(2);
    }

    [Fact]
    public async Task What_limits_an_agent_is_known_until_it_says_otherwise_or_leaves()
    {
        await using var controller = await TestController.StartAsync();
        var record = await controller.EnrollAsync("web1");
        await using (var agent = await ScriptedAgent.LinkAsync(controller, record))
        {
            await agent.SayAsync(new AgentMessage
            {
                Heartbeat = new Heartbeat
                {
                    Number = 1,
                    Conditions =
                    {
                        new AgentCondition { Kind = "disk-full", Message = "full\u001b[2J\nof things" + new string('x', 600), SinceMs = 1_700_000_000_000 },
                        new AgentCondition { Kind = "", Message = "none" },
                        new AgentCondition { Kind = "Not A Kind", Message = "none" },
                        new AgentCondition { Kind = "odd", SinceMs = long.MaxValue },
                    },
                },
            });
            await Eventually.Async(() => Conditions().Count > 0);

            Conditions().Select(c => c.Kind).ShouldBe(["disk-full", "odd"]);
            Conditions()[0].Message.ShouldStartWith("full [2J of thingsxxx");
            Conditions()[0].Message.Length.ShouldBe(500);
            Conditions()[0].SinceMs.ShouldBe(1_700_000_000_000);

            await agent.SayAsync(new AgentMessage { Heartbeat = new Heartbeat { Number = 2 } });
            await Eventually.Async(() => Conditions().Count == 0);
            await agent.SayAsync(new AgentMessage { Heartbeat = new Heartbeat { Number = 3, Conditions = { new AgentCondition { Kind = "journal" } } } });
            await Eventually.Async(() => Conditions().Count == 1);
        }

        await Eventually.Async(() => Conditions().Count == 0);

        IReadOnlyList<AgentCondition> Conditions() => AgentMessages.ToMessage(controller.Registry.FindByNameOrId("web1")!, default, false).Conditions;
    }

    public static TheoryData<string, StatusCode, string> BadHellos => new()
    {
        { "boot", StatusCode.InvalidArgument, "boot_id" },
        { "process", StatusCode.InvalidArgument, "process_id" },
        { "version", StatusCode.InvalidArgument, "agent_version" },
        { "facts", StatusCode.InvalidArgument, "fact" },
        { "held", StatusCode.InvalidArgument, "held_tasks[0].task_id" },
        { "twice", StatusCode.InvalidArgument, "twice" },
        { "heartbeat", StatusCode.FailedPrecondition, "hello" },
    };

    [Theory]
    [MemberData(nameof(BadHellos))]
    public async Task A_bad_hello_ends_the_stream_and_names_the_field(string fault, StatusCode code, string named)
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = ScriptedAgent.Open(controller, await controller.EnrollAsync("web1"));
        var message = agent.Hello();
        switch (fault)
        {
            case "boot":
                message.Hello.BootId = "a/b";
                break;
            case "process":
                message.Hello.ProcessId = "";
                break;
            case "version":
                message.Hello.AgentVersion = new string('x', 100);
                break;
            case "facts":
                message.Hello.Facts.Values["os_name"] = new string('x', 5000);
                break;
            case "held":
                message.Hello.HeldTasks.Add(new HeldTask { TaskId = "../../etc" });
                break;
            case "twice":
                message.Hello.HeldTasks.Add(new HeldTask { TaskId = "20261121-010203-7k3m.1" });
                message.Hello.HeldTasks.Add(new HeldTask { TaskId = "20261121-010203-7k3m.1" });
                break;
            default:
                message = new AgentMessage { Heartbeat = new Heartbeat() };
                break;
        }

        await agent.SayAsync(message);

        var status = await agent.EndAsync();
        status.StatusCode.ShouldBe(code, status.Detail);
        status.Detail.ShouldContain(named);
    }

    [Fact]
    public async Task An_agent_of_another_protocol_is_told_so_and_let_go()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = ScriptedAgent.Open(controller, await controller.EnrollAsync("web1"));
        var hello = agent.Hello();
        hello.Hello.ProtocolVersion = 2;

        await agent.SayAsync(hello);

        (await agent.ExpectAsync(MessageOneofCase.Goodbye)).Goodbye.Cause.ShouldBe(Goodbye.Types.Cause.Incompatible);
        (await agent.EndAsync()).StatusCode.ShouldBe(StatusCode.OK);
    }

    [Fact]
    public async Task A_stream_that_says_nothing_is_ended_in_time()
    {
        await using var controller = await TestController.StartAsync(link: new LinkOptions { HelloTimeout = TimeSpan.FromSeconds(1) });
        await using var agent = ScriptedAgent.Open(controller, await controller.EnrollAsync("web1"));

        (await agent.EndAsync()).StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
    }

    [Fact]
    public async Task The_newest_process_of_an_identity_wins_and_the_older_one_is_told()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");
        await using var older = await ScriptedAgent.LinkAsync(controller, enrolled, processId: "p1");
        await using var newer = await ScriptedAgent.LinkAsync(controller, enrolled, processId: "p2");

        var goodbye = (await older.ExpectAsync(MessageOneofCase.Goodbye)).Goodbye;
        goodbye.Cause.ShouldBe(Goodbye.Types.Cause.Replaced);
        goodbye.RetryAfterMs.ShouldBe(60_000);
        (await older.EndAsync()).StatusCode.ShouldBe(StatusCode.OK);

        // The older one comes back while the newer lives: they are two. The one that is there stays.
        await using var again = ScriptedAgent.Open(controller, enrolled, processId: "p1");
        await again.SayAsync(again.Hello());
        (await again.ExpectAsync(MessageOneofCase.Goodbye)).Goodbye.RetryAfterMs.ShouldBe(600_000);
        controller.Registry.Find(enrolled.Id)!.Link.ShouldNotBeNull();
        await newer.SayAsync(new AgentMessage { Heartbeat = new Heartbeat { Number = 1, RunningTasks = 7, RoundTripUs = 250 } });
        await Eventually.Async(() => controller.Registry.Find(enrolled.Id)!.Link!.RunningTasks == 7);
        controller.Registry.Find(enrolled.Id)!.Link!.RoundTrip.ShouldBe(TimeSpan.FromMicroseconds(250));
    }

    [Fact]
    public async Task A_removed_agent_is_cut_off_at_once_and_told_not_to_come_back()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");
        await using var agent = await ScriptedAgent.LinkAsync(controller, enrolled);

        await controller.Services.GetRequiredService<IdentityRevocation>().RemoveAgentAsync(enrolled.Id, "test", CancellationToken.None);

        (await agent.ExpectAsync(MessageOneofCase.Goodbye)).Goodbye.Cause.ShouldBe(Goodbye.Types.Cause.Revoked);
        await agent.EndAsync();
        controller.Registry.Find(enrolled.Id).ShouldBeNull();
    }

    [Fact]
    public async Task A_silent_agent_is_cut_after_the_silence_limit_and_its_reason_is_kept()
    {
        var time = new Dispatch.ManualTime();
        await using var controller = await TestController.StartAsync(time);
        var enrolled = await controller.EnrollAsync("web1");
        await using var agent = await ScriptedAgent.LinkAsync(controller, enrolled);
        var session = controller.Services.GetRequiredService<LiveSessions>().All().ShouldHaveSingleItem();

        time.Advance(TimeSpan.FromSeconds(15));
        session.Sweep();
        session.Ended.ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.Async(() => controller.Registry.Find(enrolled.Id)!.Presence is AgentPresence.Away { Reason: "silent" });
        (await agent.EndAsync()).StatusCode.ShouldNotBe(StatusCode.OK);
    }

    [Fact]
    public async Task A_quiet_link_is_beaten_at_a_third_of_the_silence_limit()
    {
        var time = new Dispatch.ManualTime();
        await using var controller = await TestController.StartAsync(time);
        var (channel, headers) = controller.AsAgent(await controller.EnrollAsync("web1"));
        using var _ = channel;
        using var call = new AgentLink.AgentLinkClient(channel).Connect(headers);
        await using var scripted = ScriptedAgent.Open(controller, await controller.EnrollAsync("web2"));
        await call.RequestStream.WriteAsync(scripted.Hello());
        (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience)).ShouldBeTrue();

        var next = call.ResponseStream.MoveNext(CancellationToken.None);
        // Never past the limit itself: a busy machine sends the heartbeat later than that, and the agent, which says nothing, is cut.
        for (var second = 1; second < new LinkOptions().HeartbeatTimeout.TotalSeconds && !next.IsCompleted; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(20)));
        }

        (await next.WaitAsync(TestController.Patience)).ShouldBeTrue();
        call.ResponseStream.Current.MessageCase.ShouldBe(MessageOneofCase.Heartbeat);
    }

    [Fact]
    public async Task A_controller_that_stops_says_goodbye_to_its_agents()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));

        var stopping = controller.StopAsync();

        (await agent.ExpectAsync(MessageOneofCase.Goodbye)).Goodbye.Cause.ShouldBe(Goodbye.Types.Cause.ShuttingDown);
        await agent.EndAsync();
        await stopping.WaitAsync(TestController.Patience);
    }

    [Fact]
    public async Task Records_of_another_agents_task_end_the_stream_and_change_nothing()
    {
        await using var controller = await TestController.StartAsync();
        var victim = await controller.EnrollAsync("web1");
        var hostile = await controller.EnrollAsync("web2");
        await using var agent = await ScriptedAgent.LinkAsync(controller, victim);
        await using var attacker = await ScriptedAgent.LinkAsync(controller, hostile);
        var job = await SomeRequests.CreateAsync(controller, "web1");
        var taskId = (await agent.ExpectAsync(MessageOneofCase.StartTask)).StartTask.TaskId;

        await attacker.SendAsync(ScriptedAgent.Started(taskId), ScriptedAgent.Ended(taskId, 2, TaskState.Failed));

        (await attacker.EndAsync()).StatusCode.ShouldBe(StatusCode.PermissionDenied);
        await agent.SendAsync(ScriptedAgent.Started(taskId), ScriptedAgent.Ended(taskId, 2));
        await agent.ExpectAckAsync(taskId, 2);
        (await SomeRequests.DoneAsync(controller, job.Id)).Counts.Succeeded.ShouldBe(1u);
    }

    [Fact]
    public async Task A_gap_in_the_records_ends_the_stream_and_a_repeat_does_not()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");
        await using var agent = await ScriptedAgent.LinkAsync(controller, enrolled);
        await SomeRequests.CreateAsync(controller, "web1");
        var taskId = (await agent.ExpectAsync(MessageOneofCase.StartTask)).StartTask.TaskId;

        await agent.SendAsync(ScriptedAgent.Started(taskId));
        await agent.SendAsync(ScriptedAgent.Started(taskId));
        await agent.SendAsync(ScriptedAgent.Output(taskId, 2, "hello"));
        await agent.ExpectAckAsync(taskId, 2);
        await agent.SendAsync(ScriptedAgent.Output(taskId, 4, "world"));

        var status = await agent.EndAsync();
        status.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        status.Detail.ShouldContain("does not follow record 2");
    }

    [Fact]
    public async Task An_agent_that_lost_records_and_leaves_the_same_gap_again_gets_its_task_given_up()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");
        var job = await SomeRequests.CreateAsync(controller, "web1", options => options.DeliveryTimeoutMs = 600_000);
        string taskId;
        await using (var agent = await ScriptedAgent.LinkAsync(controller, enrolled))
        {
            taskId = (await agent.ExpectAsync(MessageOneofCase.StartTask)).StartTask.TaskId;
            await agent.SendAsync(ScriptedAgent.Started(taskId), ScriptedAgent.Output(taskId, 3, "world"));
            await agent.EndAsync();
        }

        await using var again = await ScriptedAgent.LinkAsync(controller, enrolled, held: new HeldTask { TaskId = taskId, LastSeq = 4, Running = true });
        again.Welcome.ResumeFrom.ShouldHaveSingleItem().Seq.ShouldBe(1ul);
        await again.SendAsync(ScriptedAgent.Output(taskId, 3, "world"));

        await again.ExpectAbandonedAsync(taskId, 3);
        var end = (await SomeRequests.WatchAsync(controller, job.Id)).Single(e => e.Ended is not null).Ended;
        end.State.ShouldBe(TaskState.Interrupted);
        end.Reason.ShouldBe("record 3 of the agent cannot be accepted: it does not follow record 1, the last one stored; what the task did is unknown");
    }

    public static TheoryData<string, TaskRecord> UnfitRecords => new()
    {
        { "a task that is Running cannot become Rejected", ScriptedAgent.Ended("x", 2, TaskState.Rejected) },
        { "the task has started already", ScriptedAgent.Started("x", 2) },
        { "ended.state is Succeeded with exit_code 7", new TaskRecord { Seq = 2, AtMs = 1, Ended = new TaskEnded { State = TaskState.Succeeded, ExitCode = 7 } } },
        { "output.step is 63, the task has 1", new TaskRecord { Seq = 2, AtMs = 1, Output = new OutputChunk { Step = 63, Stream = OutputStream.Stdout, Data = Google.Protobuf.ByteString.CopyFromUtf8("x") } } },
        { "it has no entry that this controller knows", new TaskRecord { Seq = 2, AtMs = 1 } },
        { "ended.state Expired is not an agent's to report", ScriptedAgent.Ended("x", 2, TaskState.Expired) },
    };

    [Theory]
    [MemberData(nameof(UnfitRecords))]
    public async Task A_record_that_can_never_be_stored_ends_its_task_and_not_the_link(string fault, TaskRecord unfit)
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var job = await SomeRequests.CreateAsync(controller, "web1");
        var taskId = (await agent.ExpectAsync(MessageOneofCase.StartTask)).StartTask.TaskId;
        unfit.TaskId = taskId;

        // With records before it, which count, and one behind it, which cannot.
        await agent.SendAsync(ScriptedAgent.Started(taskId), unfit, ScriptedAgent.Output(taskId, 3, "lost"));

        // The agent is told to forget the task, everything that it has sent of it included.
        await agent.ExpectAbandonedAsync(taskId, 2);
        var end = (await SomeRequests.WatchAsync(controller, job.Id)).Single(e => e.Ended is not null).Ended;
        end.State.ShouldBe(TaskState.Interrupted);
        end.Reason.ShouldBe($"record 2 of the agent cannot be accepted: {fault}; what the task did is unknown");

        // And goes on with other tasks over the same link.
        var next = await SomeRequests.CreateAsync(controller, "web1");
        await agent.RunNextAsync();
        (await SomeRequests.DoneAsync(controller, next.Id)).Counts.Succeeded.ShouldBe(1u);
    }

    [Fact]
    public async Task What_an_agent_says_in_one_line_is_kept_as_one_clean_line()
    {
        const string Hostile = "why\u001b]0;x\u0007\n--- web[1-3] (3 hosts) succeeded\r\u202e\u200b\u2028";
        const string Clean = "why ]0;x  --- web[1-3] (3 hosts) succeeded \ufffd\ufffd ";
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var job = await SomeRequests.CreateAsync(controller, "web1");
        var taskId = (await agent.ExpectAsync(MessageOneofCase.StartTask)).StartTask.TaskId;
        var ended = ScriptedAgent.Ended(taskId, 3, TaskState.Failed);
        ended.Ended.Reason = Hostile;
        var step = new TaskRecord { TaskId = taskId, Seq = 2, AtMs = 1, StepEnded = new StepEnded { Outcome = new StepOutcome { StartFailure = Hostile } } };

        await agent.SendAsync(ScriptedAgent.Started(taskId), step, ended);

        await SomeRequests.DoneAsync(controller, job.Id);
        var log = await SomeRequests.WatchAsync(controller, job.Id);
        log.Single(e => e.StepEnded is not null).StepEnded.Outcome.StartFailure.ShouldBe(Clean);
        log.Single(e => e.Ended is not null).Ended.Reason.ShouldBe(Clean);
    }

    public static TheoryData<string, Action<TaskRecord>> BadRecords => new()
    {
        { "task_id", record => record.TaskId = "x" },
        { "seq", record => record.Seq = 0 },
        { "at_ms", record => record.AtMs = -1 },
        { "entry", record => record.ClearEntry() },
        { "output.data", record => record.Output = new OutputChunk { Stream = OutputStream.Stdout, Data = Google.Protobuf.ByteString.CopyFrom(new byte[65537]) } },
        { "output.stream", record => record.Output = new OutputChunk { Data = Google.Protobuf.ByteString.CopyFromUtf8("x") } },
        { "step", record => record.Output = new OutputChunk { Step = 64, Stream = OutputStream.Stdout, Data = Google.Protobuf.ByteString.CopyFromUtf8("x") } },
        { "outcome", record => record.StepEnded = new StepEnded() },
        { "exit_code is 256", record => record.StepEnded = new StepEnded { Outcome = new StepOutcome { ExitCode = 256 } } },
        { "signal is 0", record => record.StepEnded = new StepEnded { Outcome = new StepOutcome { Signal = 0 } } },
        { "both an exit_code and a signal", record => record.Ended = new TaskEnded { State = TaskState.Failed, ExitCode = 1, Signal = 9 } },
        { "Succeeded with exit_code 7", record => record.Ended = new TaskEnded { State = TaskState.Succeeded, ExitCode = 7 } },
        { "Succeeded with signal 9", record => record.Ended = new TaskEnded { State = TaskState.Succeeded, Signal = 9 } },
        { "ended.signal is -1", record => record.Ended = new TaskEnded { State = TaskState.Failed, Signal = -1 } },
        { "Succeeded, of a task that has not started", record => record.Ended = new TaskEnded { State = TaskState.Succeeded } },
        { "Failed, of a task that has not started", record => record.Ended = new TaskEnded { State = TaskState.Failed, ExitCode = 1 } },
        { "neither its start nor its end", record => record.Output = new OutputChunk { Stream = OutputStream.Stdout, Data = Google.Protobuf.ByteString.CopyFromUtf8("x") } },
        { "has started already", record => record.Seq = 2 },
        { "Expired", record => record.Ended = new TaskEnded { State = TaskState.Expired } },
        { "reason", record => record.Ended = new TaskEnded { State = TaskState.Failed, Reason = new string('x', 5000) } },
    };

    [Fact]
    public async Task Output_that_goes_back_ends_its_task_and_a_repeat_does_not()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var job = await SomeRequests.CreateAsync(controller, "web1");
        var taskId = (await agent.ExpectAsync(MessageOneofCase.StartTask)).StartTask.TaskId;
        TaskRecord Output(ulong seq, ulong offset, OutputStream stream = OutputStream.Stdout) => new()
        {
            TaskId = taskId, Seq = seq, AtMs = 1, Output = new OutputChunk { Stream = stream, Offset = offset, Data = Google.Protobuf.ByteString.CopyFromUtf8("abc") },
        };

        // The other stream counts by itself; a jump is output that was dropped; what came before is a repeat.
        await agent.SendAsync(ScriptedAgent.Started(taskId), Output(2, 0), Output(3, 0, OutputStream.Stderr), Output(4, 10), Output(2, 0));
        await agent.ExpectAckAsync(taskId, 4);
        await agent.SendAsync(Output(5, 12));

        await agent.ExpectAbandonedAsync(taskId, 5);
        var end = (await SomeRequests.WatchAsync(controller, job.Id)).Single(e => e.Ended is not null).Ended;
        end.State.ShouldBe(TaskState.Interrupted);
        end.Reason.ShouldBe("record 5 of the agent cannot be accepted: output.offset goes back: 12, 13 or more expected; what the task did is unknown");
    }

    // What real agents of any version end tasks with.
    [Theory]
    [InlineData(1, TaskState.Rejected)]
    [InlineData(1, TaskState.Cancelled)]
    [InlineData(1, TaskState.TimedOut)]
    [InlineData(1, TaskState.Interrupted)]
    [InlineData(2, TaskState.Succeeded)]
    [InlineData(9, TaskState.Failed)]
    public void An_end_that_agents_report_is_taken(ulong seq, TaskState state) =>
        RecordCheck.Check(ScriptedAgent.Ended("20261121-010203-7k3m.1", seq, state), out var fault).ShouldNotBeNull(fault);

    [Theory]
    [MemberData(nameof(BadRecords))]
    public void A_bad_record_is_refused_and_the_fault_named(string named, Action<TaskRecord> spoil)
    {
        var record = ScriptedAgent.Started("20261121-010203-7k3m.1");
        RecordCheck.Check(record, out _).ShouldNotBeNull();

        spoil(record);

        RecordCheck.Check(record, out var fault).ShouldBeNull();
        fault.ShouldContain(named);
    }
}
