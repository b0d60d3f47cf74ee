using Fleet.Controller.Tests.Link;
using Fleet.Protocol.V1;
using Grpc.Core;
using static Fleet.Protocol.V1.ControllerMessage;

namespace Fleet.Controller.Tests.Agents;

/// <summary>What operators may ask of agents, over a real server.</summary>
public sealed class AgentsServiceTests
{
    [Fact]
    public async Task Agents_are_listed_in_natural_order_with_their_presence()
    {
        await using var controller = await TestController.StartAsync();
        foreach (var name in new[] { "web10", "web2", "db1" })
            await controller.EnrollAsync(name);
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));

        var all = await ListAsync(controller, new TargetSelection());

        all.Select(one => one.Name).ShouldBe(["db1", "web1", "web2", "web10"]);
        all.Where(one => one.Online).ShouldHaveSingleItem().Name.ShouldBe("web1");
        all[0].OfflineReason.ShouldBe("never connected");
        (await ListAsync(controller, "web* and offline")).Select(one => one.Name).ShouldBe(["web2", "web10"]);
    }

    [Fact]
    public async Task A_fleet_without_hosts_lists_none_and_a_sample_is_drawn_of_those_that_there_are()
    {
        await using var controller = await TestController.StartAsync();
        (await ListAsync(controller, new TargetSelection())).ShouldBeEmpty();
        (await ListAsync(controller, "role=web")).ShouldBeEmpty();

        foreach (var name in new[] { "web1", "web2", "web3" })
            await controller.EnrollAsync(name);
        (await ListAsync(controller, new TargetSelection { Sample = 2 })).Count.ShouldBe(2);
        (await ListAsync(controller, new TargetSelection { Limit = 1 })).Single().Name.ShouldBe("web1");
    }

    [Fact]
    public async Task Labels_are_set_and_removed_and_targets_see_them_at_once()
    {
        await using var controller = await TestController.StartAsync();
        await controller.EnrollAsync("web1", ("role", "web"));
        await controller.EnrollAsync("web2");
        var request = new SetLabelsRequest { Target = new TargetSelection { Expression = "all" } };
        request.Set.Add("role", "web");
        request.Remove.Add("old");

        var reply = await CallAsync(controller, (agents, headers) => agents.SetLabelsAsync(request, headers).ResponseAsync);

        reply.Changed.ShouldBe(["web2"]);
        reply.Unchanged.ShouldBe(["web1"]);
        (await ListAsync(controller, "role=web")).Count.ShouldBe(2);
        (await controller.Store.Agents.FindByNameAsync("web2", CancellationToken.None))!.Labels["role"].ShouldBe("web");
    }

    [Theory]
    [InlineData("Role", "x", "set")]
    [InlineData("role", "a\nb", "control characters")]
    [InlineData("", "", "nothing to change")]
    public async Task Labels_that_cannot_be_are_refused(string key, string value, string named)
    {
        await using var controller = await TestController.StartAsync();
        await controller.EnrollAsync("web1");
        var request = new SetLabelsRequest { Target = new TargetSelection { Expression = "all" } };
        if (key.Length > 0)
            request.Set.Add(key, value);

        var refusal = await Should.ThrowAsync<RpcException>(() =>
            CallAsync(controller, (agents, headers) => agents.SetLabelsAsync(request, headers).ResponseAsync));

        refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        refusal.Status.Detail.ShouldContain(named);
    }

    [Fact]
    public async Task Removing_an_agent_cuts_its_link_and_ends_its_tasks()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var job = await SomeRequests.CreateAsync(controller, "all");
        await agent.ExpectAsync(MessageOneofCase.StartTask);

        var request = new RemoveAgentsRequest { Target = new TargetSelection { Expression = "web1" } };
        var reply = await CallAsync(controller, (agents, headers) => agents.RemoveAgentsAsync(request, headers).ResponseAsync);

        reply.Removed.ShouldBe(["web1"]);
        (await agent.ExpectAsync(MessageOneofCase.Goodbye)).Goodbye.Cause.ShouldBe(Goodbye.Types.Cause.Revoked);
        (await SomeRequests.DoneAsync(controller, job.Id)).Counts.Interrupted.ShouldBe(1u);
        (await ListAsync(controller, new TargetSelection())).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_target_is_explained_clause_by_clause()
    {
        await using var controller = await TestController.StartAsync();
        await controller.EnrollAsync("web1", ("role", "web"));
        var request = new ExplainTargetRequest { Target = new TargetSelection { Expression = "role=web and os=linux" }, Name = "web1" };

        var reply = await CallAsync(controller, (agents, headers) => agents.ExplainTargetAsync(request, headers).ResponseAsync);

        reply.Matches.ShouldBeFalse();
        reply.Lines.ShouldContain(line => line.StartsWith("yes") && line.Contains("role=web"));
        reply.Lines.ShouldContain(line => line.StartsWith("no") && line.Contains("os=linux"));
    }

    private static Task<List<Agent>> ListAsync(TestController controller, string target) =>
        ListAsync(controller, new TargetSelection { Expression = target });

    private static async Task<List<Agent>> ListAsync(TestController controller, TargetSelection? target)
    {
        var (channel, headers) = controller.AsOperator();
        using var _ = channel;
        var request = new ListAgentsRequest { Target = target };
        using var call = new Fleet.Protocol.V1.Agents.AgentsClient(channel).ListAgents(request, headers);
        var agents = new List<Agent>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience))
            agents.AddRange(call.ResponseStream.Current.Agents);
        return agents;
    }

    private static async Task<T> CallAsync<T>(
        TestController controller, Func<Fleet.Protocol.V1.Agents.AgentsClient, Metadata, Task<T>> call)
    {
        var (channel, headers) = controller.AsOperator();
        using var _ = channel;
        return await call(new Fleet.Protocol.V1.Agents.AgentsClient(channel), headers).WaitAsync(TestController.Patience);
    }
}
