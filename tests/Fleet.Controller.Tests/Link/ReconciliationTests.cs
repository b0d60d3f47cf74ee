using Fleet.Controller.Dispatch;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Microsoft.Extensions.DependencyInjection;
using static Fleet.Protocol.V1.ControllerMessage;

namespace Fleet.Controller.Tests.Link;

/// <summary>What becomes of tasks when links break, hosts restart and the controller dies.</summary>
public sealed class ReconciliationTests
{
    [Fact]
    public async Task A_task_that_never_arrived_goes_out_again_to_the_same_incarnation()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");
        var job = await DispatchAndDropAsync(controller, enrolled);

        await using var back = await ScriptedAgent.LinkAsync(controller, enrolled);
        await back.RunNextAsync();

        (await SomeRequests.DoneAsync(controller, job.Id)).Counts.Succeeded.ShouldBe(1u);
    }

    [Fact]
    public async Task A_task_is_interrupted_where_the_host_was_restarted_with_it_and_never_goes_out_again()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");
        var job = await DispatchAndDropAsync(controller, enrolled);

        await using var back = await ScriptedAgent.LinkAsync(controller, enrolled, bootId: "boot-2");

        var done = await SomeRequests.DoneAsync(controller, job.Id);
        done.Counts.Interrupted.ShouldBe(1u);
        var task = (await controller.Store.Jobs.GetTaskAsync(job.Id, 1, CancellationToken.None))!;
        task.Reason!.ShouldContain("host was restarted");
    }

    [Fact]
    public async Task A_task_that_the_agent_holds_carries_on_from_the_last_stored_record()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");
        var job = await SomeJobAsync(controller);
        string taskId;
        await using (var first = await ScriptedAgent.LinkAsync(controller, enrolled))
        {
            taskId = (await first.ExpectAsync(MessageOneofCase.StartTask)).StartTask.TaskId;
            await first.SendAsync(ScriptedAgent.Started(taskId), ScriptedAgent.Output(taskId, 2, "one"));
            await first.ExpectAckAsync(taskId, 2);
        }

        await using var back = await ScriptedAgent.LinkAsync(
            controller, enrolled, "boot-2", null, new HeldTask { TaskId = taskId, LastSeq = 4, AcknowledgedSeq = 1, Running = false });

        back.Welcome.ResumeFrom.ShouldHaveSingleItem().ShouldBe(new TaskAck { TaskId = taskId, Seq = 2 });
        // Resent from too far back: the repeat is dropped.
        await back.SendAsync(
            ScriptedAgent.Output(taskId, 2, "one"), ScriptedAgent.Output(taskId, 3, "two"), ScriptedAgent.Ended(taskId, 4));
        await back.ExpectAckAsync(taskId, 4);
        var events = await SomeRequests.WatchAsync(controller, job.Id);
        events.Where(e => e.Output is not null).Select(e => e.Output.Data.ToStringUtf8()).ShouldBe(["one", "two"]);
        events.Count(e => e.Ended is not null).ShouldBe(1);
    }

    [Fact]
    public async Task Tasks_that_the_controller_does_not_know_are_left_out_of_the_welcome()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");

        await using var agent = await ScriptedAgent.LinkAsync(
            controller, enrolled, "boot-1", null, new HeldTask { TaskId = "20261121-010203-7k3m.1", LastSeq = 3, Running = true });

        agent.Welcome.ResumeFrom.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_late_record_of_a_task_that_has_ended_is_acknowledged_dropped_and_answered_with_abandon()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");
        await using var agent = await ScriptedAgent.LinkAsync(controller, enrolled);
        var job = await SomeJobAsync(controller);
        var start = await agent.RunNextAsync();
        await SomeRequests.DoneAsync(controller, job.Id);

        await agent.SendAsync(ScriptedAgent.Output(start.TaskId, 3, "late"));

        var first = await agent.NextAsync();
        var second = await agent.NextAsync();
        var both = new[] { first, second };
        both.Single(message => message.Ack is not null).Ack.Acks.ShouldHaveSingleItem().Seq.ShouldBe(3ul);
        both.Single(message => message.CancelTask is not null).CancelTask.Cause.ShouldBe(CancelTask.Types.Cause.Abandoned);
        (await SomeRequests.WatchAsync(controller, job.Id)).ShouldNotContain(e => e.Output != null);
    }

    [Fact]
    public async Task An_agent_that_still_runs_what_has_ended_here_is_told_to_end_it_and_forgets_it()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");
        string taskId;
        await using (var first = await ScriptedAgent.LinkAsync(controller, enrolled))
        {
            await SomeJobAsync(controller);
            taskId = (await first.RunNextAsync()).TaskId;
        }

        await using var back = await ScriptedAgent.LinkAsync(
            controller, enrolled, "boot-1", null, new HeldTask { TaskId = taskId, LastSeq = 9, AcknowledgedSeq = 1, Running = true });

        back.Welcome.ResumeFrom.ShouldHaveSingleItem().Seq.ShouldBe(9ul);
        (await back.ExpectAsync(MessageOneofCase.CancelTask)).CancelTask.Cause.ShouldBe(CancelTask.Types.Cause.Abandoned);
    }

    [Fact]
    public async Task A_restarted_controller_carries_on_with_its_open_jobs()
    {
        await using var controller = await TestController.StartAsync();
        var away = await controller.EnrollAsync("web1");
        var there = await controller.EnrollAsync("web2");
        string taskId;
        Job job;
        await using (var first = await ScriptedAgent.LinkAsync(controller, there))
        {
            job = await SomeRequests.CreateAsync(controller, "all", options => options.DeliveryTimeoutMs = 600_000);
            taskId = (await first.ExpectAsync(MessageOneofCase.StartTask)).StartTask.TaskId;
            await first.SendAsync(ScriptedAgent.Started(taskId));
            await first.ExpectAckAsync(taskId, 1);
        }

        await controller.RestartAsync();
        controller.Services.GetRequiredService<OpenJobs>().Count.ShouldBe(1);

        await using var back = await ScriptedAgent.LinkAsync(
            controller, there, "boot-1", null, new HeldTask { TaskId = taskId, LastSeq = 2, AcknowledgedSeq = 1 });
        back.Welcome.ResumeFrom.ShouldHaveSingleItem().Seq.ShouldBe(1ul);
        await back.SendAsync(ScriptedAgent.Ended(taskId, 2));
        await back.ExpectAckAsync(taskId, 2);
        await using var late = await ScriptedAgent.LinkAsync(controller, away);
        await late.RunNextAsync();
        (await SomeRequests.DoneAsync(controller, job.Id)).Counts.Succeeded.ShouldBe(2u);
    }

    [Fact]
    public async Task A_cancel_reaches_running_tasks_and_again_after_a_reconnect()
    {
        await using var controller = await TestController.StartAsync();
        var enrolled = await controller.EnrollAsync("web1");
        Job job;
        string taskId;
        await using (var first = await ScriptedAgent.LinkAsync(controller, enrolled))
        {
            job = await SomeJobAsync(controller);
            taskId = (await first.ExpectAsync(MessageOneofCase.StartTask)).StartTask.TaskId;
            await first.SendAsync(ScriptedAgent.Started(taskId));
            await first.ExpectAckAsync(taskId, 1);
            var cancelled = await SomeRequests.CallAsync(
                controller, (jobs, headers) => jobs.CancelJobAsync(new CancelJobRequest { Id = job.Id }, headers).ResponseAsync);
            cancelled.CancelRequested.ShouldBeTrue();
            (await first.ExpectAsync(MessageOneofCase.CancelTask)).CancelTask.Cause.ShouldBe(CancelTask.Types.Cause.Operator);
        }

        await using var back = await ScriptedAgent.LinkAsync(
            controller, enrolled, "boot-1", null, new HeldTask { TaskId = taskId, LastSeq = 1, AcknowledgedSeq = 1, Running = true });
        (await back.ExpectAsync(MessageOneofCase.CancelTask)).CancelTask.TaskId.ShouldBe(taskId);
        await back.SendAsync(ScriptedAgent.Ended(taskId, 2, Fleet.Protocol.V1.TaskState.Cancelled));
        await back.ExpectAckAsync(taskId, 2);
        var done = await SomeRequests.DoneAsync(controller, job.Id);
        (done.Counts.Cancelled, done.CancelledBy).ShouldBe((1u, "ann"));
    }

    private static Task<Job> SomeJobAsync(TestController controller) => SomeRequests.CreateAsync(controller, "web1");

    /// <summary>Sends a task to an agent whose link then breaks before it has written anything of it.</summary>
    private static async Task<Job> DispatchAndDropAsync(TestController controller, AgentRecord enrolled)
    {
        await using var first = await ScriptedAgent.LinkAsync(controller, enrolled);
        var job = await SomeJobAsync(controller);
        await first.ExpectAsync(MessageOneofCase.StartTask);
        return job;
    }
}
