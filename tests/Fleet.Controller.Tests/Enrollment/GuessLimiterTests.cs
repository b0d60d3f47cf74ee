using System.Net;
using Fleet.Controller.Enrollment;
using Fleet.Tests;

namespace Fleet.Controller.Tests.Enrollment;

public sealed class GuessLimiterTests
{
    private readonly ManualTime _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public void An_address_that_guesses_must_wait_and_others_need_not()
    {
        var guesses = new GuessLimiter(_time);
        for (var i = 0; i < GuessLimiter.Allowance; i++)
        {
            guesses.WaitFor(IPAddress.Parse("10.0.0.1")).ShouldBeNull();
            guesses.Count(IPAddress.Parse("10.0.0.1"));
        }

        guesses.WaitFor(IPAddress.Parse("10.0.0.1")).ShouldBe(GuessLimiter.Forgiveness);
        guesses.WaitFor(IPAddress.Parse("::ffff:10.0.0.1")).ShouldNotBeNull();
        guesses.WaitFor(IPAddress.Parse("10.0.0.2")).ShouldBeNull();
        _time.Advance(GuessLimiter.Forgiveness + TimeSpan.FromMilliseconds(1));
        guesses.WaitFor(IPAddress.Parse("10.0.0.1")).ShouldBeNull();
    }

    [Fact]
    public void A_whole_IPv6_network_counts_as_one()
    {
        var guesses = new GuessLimiter(_time);
        for (var i = 0; i < GuessLimiter.Allowance; i++)
            guesses.Count(IPAddress.Parse($"2001:db8::{i + 1:x}"));

        guesses.WaitFor(IPAddress.Parse("2001:db8::ffff")).ShouldNotBeNull();
        guesses.WaitFor(IPAddress.Parse("2001:db8:0:1::1")).ShouldBeNull();
    }

    [Fact]
    public void Memory_is_bounded_and_the_quietest_address_is_forgotten_first()
    {
        var guesses = new GuessLimiter(_time);
        for (var i = 0; i < GuessLimiter.Allowance; i++)
            guesses.Count(IPAddress.Loopback);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < GuessLimiter.MostAddresses; i++)
            guesses.Count(new IPAddress(i + 1000L));

        guesses.WaitFor(IPAddress.Loopback).ShouldBeNull();
    }
}
