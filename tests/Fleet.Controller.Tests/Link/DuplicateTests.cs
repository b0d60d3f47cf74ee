using Fleet.Controller.Agents;
using Fleet.Controller.Tests.Scans;
using Fleet.Protocol.V1;
using Fleet.Storage;
using static Fleet.Protocol.V1.ControllerMessage;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Link;

/// <summary>Two processes that use one identity.</summary>
public sealed class DuplicateTests
{
    [Fact]
    public async Task Two_processes_that_take_turns_are_flagged_and_new_tasks_wait_until_an_operator_has_decided()
    {
        await using var controller = await TestController.StartAsync();
        var web = await controller.EnrollAsync("web1");
        await using var original = await ScriptedAgent.LinkAsync(controller, web, processId: "p1");
        await using var clone = await ScriptedAgent.LinkAsync(controller, web, processId: "p2");
        (await ShowAsync(controller)).DuplicateSinceMs.ShouldBe(0, "the restart of a host looks the same");

        await using var again = ScriptedAgent.Open(controller, web, processId: "p1");
        await again.SayAsync(again.Hello());
        (await again.ExpectAsync(MessageOneofCase.Goodbye)).Goodbye.Cause.ShouldBe(Goodbye.Types.Cause.Replaced);

        var shown = await ShowAsync(controller);
        shown.DuplicateSinceMs.ShouldBeGreaterThan(0);
        shown.DuplicateNote.ShouldStartWith("two processes take turns");
        shown.TasksHeld.ShouldBeTrue();

        await CreateAsync(controller);
        await controller.RestartAsync();
        (await ShowAsync(controller)).TasksHeld.ShouldBeTrue("a restart decides nothing");
        await using var back = await ScriptedAgent.LinkAsync(controller, web, processId: "p2");
        (await ClearAsync(controller)).Cleared.ShouldBe(["web1"]);
        (await back.ExpectAsync(MessageOneofCase.StartTask)).StartTask.TaskId.ShouldEndWith(".1");
        (await ClearAsync(controller)).Unchanged.ShouldBe(["web1"]);
        (await ShowAsync(controller)).DuplicateSinceMs.ShouldBe(0);
    }

    [Fact]
    public async Task Another_machine_with_the_same_identity_is_flagged_at_once_and_gets_no_tasks()
    {
        await using var controller = await TestController.StartAsync();
        var web = await controller.EnrollAsync("web1");
        await (await LinkAsync(controller, web, "boot-1", "aa")).DisposeAsync();
        (await controller.Store.Agents.GetAsync(web.Id, CancellationToken.None))!.Machine.ShouldBe("aa", "the first word counts");

        await using var copy = await LinkAsync(controller, web, "boot-2", "bb");
        await CreateAsync(controller);

        (await ShowAsync(controller)).DuplicateNote.ShouldContain("another machine");
        (await ShowAsync(controller)).TasksHeld.ShouldBeTrue();
        await ClearAsync(controller);
        await copy.ExpectAsync(MessageOneofCase.StartTask);
        (await controller.Store.Agents.GetAsync(web.Id, CancellationToken.None))!.Machine.ShouldBe("bb", "an operator has decided for it");
    }

    [Fact]
    public async Task A_boot_that_comes_back_after_another_one_is_a_second_machine()
    {
        await using var controller = await TestController.StartAsync(agents: new AgentsOptions { HoldDuplicates = false });
        var web = await controller.EnrollAsync("web1");
        foreach (var boot in new[] { "boot-1", "boot-1", "boot-2" })
            await (await LinkAsync(controller, web, boot, "aa")).DisposeAsync();
        (await ShowAsync(controller)).DuplicateSinceMs.ShouldBe(0);

        await using var back = await LinkAsync(controller, web, "boot-1", "aa");

        var shown = await ShowAsync(controller);
        shown.DuplicateNote.ShouldContain("earlier boot");
        shown.TasksHeld.ShouldBeFalse();
        await CreateAsync(controller);
        await back.ExpectAsync(MessageOneofCase.StartTask);
    }

    [Fact]
    public async Task A_container_that_moves_between_nodes_is_no_duplicate()
    {
        await using var controller = await TestController.StartAsync();
        var web = await controller.EnrollAsync("web1");
        foreach (var node in new[] { "boot-1", "boot-2", "boot-1", "boot-2" })
            await (await LinkAsync(controller, web, node, machine: "")).DisposeAsync();

        (await ShowAsync(controller)).DuplicateSinceMs.ShouldBe(0);
    }

    private static async Task<ScriptedAgent> LinkAsync(TestController controller, AgentRecord agent, string boot, string machine)
    {
        var scripted = ScriptedAgent.Open(controller, agent, boot, machine: machine);
        await scripted.SayAsync(scripted.Hello());
        await scripted.ExpectAsync(MessageOneofCase.Welcome);
        return scripted;
    }

    private static Task<Job> CreateAsync(TestController controller) => SomeScans.CallAsync(
        controller, (channel, headers) => new V1.Jobs.JobsClient(channel).CreateJobAsync(SomeRequests.Ping("all"), headers).ResponseAsync);

    private static Task<Agent> ShowAsync(TestController controller) => SomeScans.CallAsync(
        controller, (channel, headers) => new V1.Agents.AgentsClient(channel).GetAgentAsync(new GetAgentRequest { Name = "web1" }, headers).ResponseAsync);

    private static Task<ClearDuplicatesReply> ClearAsync(TestController controller) => SomeScans.CallAsync(
        controller,
        (channel, headers) => new V1.Agents.AgentsClient(channel).ClearDuplicatesAsync(
            new ClearDuplicatesRequest { Target = new TargetSelection { Expression = "web1" } }, headers).ResponseAsync);
}
