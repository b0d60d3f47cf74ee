using Fleet.Controller.Registry;
using Fleet.Controller.Tests.Dispatch;
using Fleet.Protocol.Identifiers;

namespace Fleet.Controller.Tests.Registry;

public sealed class Presence
{
    [Fact]
    public void A_host_that_fell_silent_was_last_seen_when_it_was_last_heard_and_not_when_that_was_noticed()
    {
        var time = new ManualTime();
        var registry = new AgentRegistry(time);
        var agent = Some.Agent(AgentId.New().ToString(), time.GetUtcNow(), "web1");
        registry.Put(agent);
        var link = new FakeLink { LastHeard = time.GetUtcNow() };
        registry.Attach(agent.Id, link);

        time.Advance(TimeSpan.FromSeconds(15));
        registry.Detach(agent.Id, link, time.GetUtcNow(), "silent");

        var entry = registry.Find(agent.Id).ShouldNotBeNull();
        entry.LastSeen.ShouldBe(link.LastHeard);
        registry.AwaySince(entry).ShouldBe(time.GetUtcNow(), "delivery is waited for from the end of the link on");
    }
}
