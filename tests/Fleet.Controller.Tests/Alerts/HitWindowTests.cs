using Fleet.Controller.Alerts;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Controller.Tests.Alerts;

public sealed class HitWindowTests
{
    private static readonly TimeSpan s_span = TimeSpan.FromMinutes(1);

    /// <summary>Within the bound it counts exactly what a plain count over all spans counts.</summary>
    [Fact]
    public void The_fullest_span_is_found_in_whatever_order_hits_come() =>
        Prop.ForAll(Gen.Choose(0, 300).ListOf().Where(seconds => seconds.Count is > 0 and <= 60).ToArbitrary(), seconds =>
        {
            var window = new HitWindow(s_span);
            foreach (var second in seconds)
                window.Add(At(second), 1, "web1");

            var last = seconds[^1];
            var plain = Enumerable.Range(last - 59, 60).Max(first => seconds.Count(second => second >= first && second < first + 60));
            window.Around(At(last)).Sum(slot => slot.Count).ShouldBe(plain);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_storm_takes_bounded_memory_and_is_counted_as_one()
    {
        var window = new HitWindow(s_span);

        for (var i = 0; i < 100_000; i++)
            window.Add(SomeRules.Start.AddMilliseconds(i), 1, "web1");

        var within = window.Around(window.Last);
        within.Count.ShouldBeLessThanOrEqualTo(64);
        // A 32nd of the span is the grain.
        within.Sum(slot => slot.Count).ShouldBeInRange(60_000, 62_000);
    }

    private static DateTimeOffset At(int second) => SomeRules.Start.AddSeconds(second);
}
