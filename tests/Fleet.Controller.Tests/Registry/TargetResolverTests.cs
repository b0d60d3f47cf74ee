using Fleet.Controller.Registry;
using Fleet.Controller.Tests.Dispatch;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Registry;

public sealed class TargetResolverTests
{
    private readonly ManualTime _time = new();
    private readonly AgentRegistry _registry;
    private readonly TargetResolver _resolver;

    public TargetResolverTests()
    {
        _registry = new AgentRegistry(_time);
        _resolver = new TargetResolver(_registry, new SampleDraws(_time), new Random(7));
    }

    [Fact]
    public void Agents_come_in_natural_order_and_a_limit_takes_the_first()
    {
        Enroll("web10", "web9", "web100", "db1");

        Names(Resolve("web*")).ShouldBe(["web9", "web10", "web100"]);
        Names(Resolve(new TargetSelection { Expression = "all", Limit = 2 })).ShouldBe(["db1", "web9"]);
    }

    [Fact]
    public void A_limit_or_sample_of_none_is_refused_and_one_that_is_not_set_means_all()
    {
        Enroll("web1", "web2");

        _resolver.Resolve(new TargetSelection { Expression = "all", Limit = 0 }, "").ShouldBeOfType<TargetOutcome.Malformed>();
        _resolver.Preview(new TargetSelection { Expression = "all", Sample = 0 }).ShouldBeOfType<TargetOutcome.Malformed>();
        Names(Resolve("all")).ShouldBe(["web1", "web2"]);
    }

    [Fact]
    public void The_digest_names_the_set_and_nothing_else()
    {
        Enroll("web1", "web2", "web3");

        Resolve("web[1-3]").Digest.ShouldBe(Resolve("all").Digest);
        Resolve("web1").Digest.ShouldNotBe(Resolve("web2").Digest);
        Again("all", Resolve("all").Digest).ShouldBeOfType<TargetOutcome.Resolved>();
        var before = Resolve("all").Digest;
        Enroll("web4");
        Again("all", before).ShouldBeOfType<TargetOutcome.Changed>();
    }

    [Fact]
    public void A_draw_is_kept_for_a_while_and_then_no_more()
    {
        Enroll([.. Enumerable.Range(1, 50).Select(i => $"web{i}")]);
        var selection = new TargetSelection { Expression = "all", Sample = 5 };
        var drawn = (TargetOutcome.Resolved)_resolver.Preview(selection);

        Names((TargetOutcome.Resolved)_resolver.Resolve(selection, drawn.Digest)).ShouldBe(Names(drawn));
        _time.Advance(TimeSpan.FromMinutes(16));
        _resolver.Resolve(selection, drawn.Digest).ShouldBeOfType<TargetOutcome.Changed>();
    }

    [Fact]
    public void A_draw_of_which_an_agent_is_gone_is_refused()
    {
        Enroll("web1", "web2", "web3");
        var selection = new TargetSelection { Expression = "all", Sample = 2 };
        var drawn = (TargetOutcome.Resolved)_resolver.Preview(selection);
        _registry.Remove(drawn.Agents[0].Id);

        _resolver.Resolve(selection, drawn.Digest).ShouldBeOfType<TargetOutcome.Changed>();
    }

    [Fact]
    public void Samples_reach_everybody_in_the_long_run()
    {
        Enroll([.. Enumerable.Range(1, 10).Select(i => $"web{i}")]);

        var seen = Enumerable.Range(0, 100)
            .SelectMany(_ => Names((TargetOutcome.Resolved)_resolver.Resolve(new TargetSelection { Expression = "all", Sample = 2 }, "")));

        seen.Distinct().Count().ShouldBe(10);
    }

    [Fact]
    public void A_name_that_a_removed_agent_had_may_be_another_agents()
    {
        Enroll("web1");
        var first = _registry.FindByNameOrId("web1")!;
        _registry.Remove(first.Id);
        Enroll("web1");

        _registry.FindByNameOrId("WEB1")!.Id.ShouldNotBe(first.Id);
        _registry.Count.ShouldBe(1);
    }

    private void Enroll(params string[] names)
    {
        foreach (var name in names)
            _registry.Put(Some.Agent(AgentId.New().ToString(), _time.GetUtcNow(), name));
    }

    private TargetOutcome.Resolved Resolve(string expression) => Resolve(new TargetSelection { Expression = expression });

    private TargetOutcome.Resolved Resolve(TargetSelection selection) => _resolver.Resolve(selection, "").ShouldBeOfType<TargetOutcome.Resolved>();

    private TargetOutcome Again(string expression, string digest) =>
        _resolver.Resolve(new TargetSelection { Expression = expression }, digest);

    private static string[] Names(TargetOutcome.Resolved resolved) => [.. resolved.Agents.Select(agent => agent.Name)];
}
