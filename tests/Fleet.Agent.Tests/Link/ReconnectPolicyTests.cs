using Fleet.Agent.Link;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Agent.Tests.Link;

public sealed class ReconnectPolicyTests
{
    private static readonly LinkOptions s_options = new();
    private static readonly LinkEnd s_broken = new LinkEnd.Broken("x");
    private static readonly LinkEnd s_nobody = new LinkEnd.Unreachable("x") { IsNobodyThere = true };
    private static readonly LinkEnd s_stopping = new LinkEnd.Dismissed(DismissalCause.ShuttingDown, "", TimeSpan.FromMilliseconds(500));

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

    [Fact]
    public void Where_nobody_listens_it_tries_again_soon_for_a_while_and_then_less_and_less_often()
    {
        var policies = Enumerable.Range(0, 200).Select(i => new ReconnectPolicy(s_options, new Random(i))).ToList();
        foreach (var policy in policies)
        {
            var (waited, tries) = (TimeSpan.Zero, 0);
            for (; waited < s_options.SteadyFor; tries++)
            {
                var delay = policy.NextDelay(s_nobody, TimeSpan.Zero);
                delay.ShouldBeLessThan(TimeSpan.FromSeconds(1));
                waited += delay;
            }

            // Half a second each on average.
            tries.ShouldBeInRange(18, 50);
        }

        foreach (var bound in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            var delays = policies.Select(p => p.NextDelay(s_nobody, TimeSpan.Zero).TotalSeconds).ToList();
            delays.Max().ShouldBeInRange(bound * 0.9, bound);
            delays.Average().ShouldBeInRange(bound * 0.4, bound * 0.6);
        }
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(2)]
    [InlineData(10)]
    public void Agents_are_back_within_a_second_of_a_killed_controllers_return_however_long_it_took(double down)
    {
        for (var seed = 0; seed < 1000; seed++)
            ReturnAt(new ReconnectPolicy(s_options, new Random(seed)), s_broken, down).ShouldBeInRange(0, down + 1);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(2)]
    public void Agents_are_back_within_two_seconds_of_an_orderly_restart(double down)
    {
        for (var seed = 0; seed < 1000; seed++)
            ReturnAt(new ReconnectPolicy(s_options, new Random(seed)), s_stopping, down).ShouldBeInRange(0.5, Math.Max(down, 0.5) + 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ten_thousand_agents_come_back_evenly_within_the_window_of_their_controller(bool isOrderly)
    {
        const int Agents = 10_000;
        var window = TimeSpan.FromSeconds(20);
        var perSecond = Enumerable.Range(0, Agents)
            .Select(i => ReturnAt(new ReconnectPolicy(s_options, new Random(i)) { Window = window }, isOrderly ? s_stopping : s_broken, down: 1.5))
            .GroupBy(at => (int)at)
            .Select(second => second.Count())
            .ToList();

        // 500 a second is what a controller takes (handshakes.maxPerSecond), with one second's worth in hand.
        perSecond.Max().ShouldBeLessThan(620);
        perSecond.Count.ShouldBeInRange(19, 23);
    }

    [Fact]
    public void A_controller_that_says_goodbye_again_and_again_makes_nobody_slower()
    {
        var policy = new ReconnectPolicy(s_options, new FixedRandom(0.999));
        for (var i = 0; i < 20; i++)
            policy.NextDelay(s_stopping, TimeSpan.FromSeconds(1)).TotalSeconds.ShouldBeInRange(1.4, 1.5);
    }

    [Fact]
    public void Whatever_happens_no_wait_is_negative_or_longer_than_its_kind_allows() => Prop.ForAll<int, int[]>((seed, happenings) =>
    {
        var policy = new ReconnectPolicy(s_options, new Random(seed));
        foreach (var happening in happenings)
        {
            var asked = TimeSpan.FromMilliseconds(happening);
            var (end, most) = (happening & 3) switch
            {
                0 => (s_broken, s_options.BackOffCap),
                1 => (s_nobody, s_options.BackOffCap),
                2 => (new LinkEnd.Dismissed(DismissalCause.ShuttingDown, "", asked), s_options.MostRetryAfter * 2),
                _ => (new LinkEnd.Dismissed(DismissalCause.Overloaded, "", asked), s_options.MostRetryAfter * 2),
            };
            policy.Window = TimeSpan.FromSeconds(happening % 100);
            var delay = policy.NextDelay(end, TimeSpan.FromSeconds(Math.Abs(happening % 20)));
            if (delay < TimeSpan.Zero || delay > most)
                return false;
        }

        return true;
    }).QuickCheckThrowOnFailure();

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

    [Theory]
    [InlineData(true, 60, 90)]
    [InlineData(false, 600, 900)]
    public void Who_is_refused_comes_back_in_a_minute_where_that_may_pass_by_itself(bool mayPass, int least, int most)
    {
        var end = new LinkEnd.Refused("x") { MayPass = mayPass };
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

    /// <summary>When an agent is back whose controller goes away at 0 and listens again after so many seconds.</summary>
    private static double ReturnAt(ReconnectPolicy policy, LinkEnd loss, double down)
    {
        var at = policy.NextDelay(loss, TimeSpan.FromHours(1));
        while (at.TotalSeconds < down)
            at += policy.NextDelay(s_nobody, TimeSpan.Zero);
        return at.TotalSeconds;
    }

    private sealed class FixedRandom(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
