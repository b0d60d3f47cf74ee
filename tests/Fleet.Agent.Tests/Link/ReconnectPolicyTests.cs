using Fleet.Agent.Link;

namespace Fleet.Agent.Tests.Link;

public sealed class ReconnectPolicyTests
{
    private static readonly LinkOptions s_options = new();
    private static readonly LinkEnd s_broken = new LinkEnd.Broken("x");

    [Fact]
    public void The_first_retry_is_random_within_the_base_and_the_bound_doubles_up_to_the_cap()
    {
        // 200 agents that lose one controller at the same moment.
        var policies = Enumerable.Range(0, 200).Select(i => new ReconnectPolicy(s_options, new Random(i))).ToList();
        foreach (var bound in (int[])[1, 2, 4, 8, 16, 32, 60, 60, 60])
        {
            var delays = policies.Select(p => p.NextDelay(s_broken, TimeSpan.Zero).TotalSeconds).ToList();
            delays.Max().ShouldBeLessThan(bound);
            delays.Max().ShouldBeGreaterThan(bound * 0.9);
            delays.Min().ShouldBeLessThan(bound * 0.1);
            delays.Average().ShouldBeInRange(bound * 0.4, bound * 0.6);
        }
    }

    [Fact]
    public void Only_a_link_that_lasted_makes_it_begin_anew()
    {
        var policy = new ReconnectPolicy(s_options, new FixedRandom(0.999));
        for (var i = 0; i < 5; i++)
            policy.NextDelay(s_broken, TimeSpan.FromSeconds(1));
        policy.NextDelay(s_broken, TimeSpan.FromSeconds(1)).TotalSeconds.ShouldBeGreaterThan(30);
        policy.NextDelay(s_broken, TimeSpan.FromMinutes(5)).TotalSeconds.ShouldBeLessThan(1);
    }

    [Fact]
    public void A_controller_that_asks_for_time_gets_it_and_jitter_on_top()
    {
        var delays = Enumerable.Range(0, 100)
            .Select(i => new ReconnectPolicy(s_options, new Random(i))
                .NextDelay(new LinkEnd.Dismissed(DismissalCause.ShuttingDown, "", TimeSpan.FromSeconds(20)), TimeSpan.FromHours(1)).TotalSeconds)
            .ToList();
        delays.Min().ShouldBeGreaterThanOrEqualTo(20);
        delays.Max().ShouldBeInRange(35, 40);
    }

    [Theory]
    [InlineData(DismissalCause.Revoked, 600, 900)]
    [InlineData(DismissalCause.Incompatible, 600, 900)]
    [InlineData(DismissalCause.Replaced, 60, 120)]
    [InlineData(DismissalCause.ShuttingDown, 0, 1)]
    internal void Who_is_not_wanted_comes_back_slowly(DismissalCause cause, int least, int most)
    {
        var end = new LinkEnd.Dismissed(cause, "", TimeSpan.Zero);
        var delays = Enumerable.Range(0, 100).Select(i => new ReconnectPolicy(s_options, new Random(i)).NextDelay(end, TimeSpan.Zero).TotalSeconds).ToList();
        delays.Min().ShouldBeGreaterThanOrEqualTo(least);
        delays.Max().ShouldBeLessThanOrEqualTo(most);
    }

    [Fact]
    public void No_controller_can_send_an_agent_away_for_long()
    {
        var end = new LinkEnd.Dismissed(DismissalCause.Overloaded, "", TimeSpan.FromDays(20));
        new ReconnectPolicy(s_options, new FixedRandom(0)).NextDelay(end, TimeSpan.Zero).ShouldBe(s_options.MostRetryAfter);
    }

    private sealed class FixedRandom(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
