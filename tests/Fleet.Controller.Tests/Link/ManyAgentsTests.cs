using Fleet.Controller.Link;

namespace Fleet.Controller.Tests.Link;

public sealed class ManyAgentsTests
{
    private const int Count = 1000;

    [Fact]
    public async Task A_thousand_agents_run_a_job_each_exactly_once()
    {
        // These agents send no heartbeats, and on a busy machine the last ones connect half a minute after the first.
        await using var controller = await TestController.StartAsync(link: new LinkOptions { HeartbeatTimeout = TimeSpan.FromMinutes(10) });
        var agents = new List<ScriptedAgent>(Count);
        try
        {
            foreach (var batch in Enumerable.Range(1, Count).Chunk(100))
            {
                agents.AddRange(await Task.WhenAll(batch.Select(async i =>
                    await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync($"web{i}")))));
            }

            var running = Task.WhenAll(agents.Select(agent => agent.RunNextAsync()));
            var job = await SomeRequests.CreateAsync(controller, "all");
            await running.WaitAsync(TestController.Patience);

            var events = await SomeRequests.WatchAsync(controller, job.Id);
            events[^1].JobEnded.Job.Counts.Succeeded.ShouldBe((uint)Count);
            events.Where(e => e.Ended is not null).Select(e => e.Ordinal).Distinct().Count().ShouldBe(Count);
            events.Count(e => e.Ended is not null).ShouldBe(Count);
        }
        finally
        {
            foreach (var agent in agents)
                await agent.DisposeAsync();
        }
    }
}
