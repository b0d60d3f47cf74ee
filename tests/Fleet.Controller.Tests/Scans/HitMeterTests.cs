using Fleet.Controller.Scans;
using Fleet.Controller.Tests.Alerts;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Scans;

public sealed class HitMeterTests
{
    private const int PerMinute = 6000;
    private static readonly DateTimeOffset s_start = SomeRules.Start;
    private readonly HitMeter _meter = new();

    [Fact]
    public void Within_the_rate_every_report_is_acknowledged_at_once()
    {
        for (var minute = 0; minute < 5; minute++)
            Take(PerMinute, s_start.AddMinutes(minute)).ShouldBe(TimeSpan.Zero);

        _meter.Read(s_start.AddMinutes(4)).ShouldBe(new HitMeterReading(PerMinute, null, 0, 0));
    }

    [Fact]
    public void Beyond_it_the_acknowledgement_waits_until_the_rate_is_kept()
    {
        Take(PerMinute, s_start).ShouldBe(TimeSpan.Zero);
        Take(500, s_start).ShouldBe(TimeSpan.FromSeconds(5), "500 of 6,000 a minute");
        Take(500, s_start).ShouldBe(TimeSpan.FromSeconds(10));
        _meter.Read(s_start).SlowedSince.ShouldBe(s_start);

        Take(1, s_start.AddMinutes(2)).ShouldBe(TimeSpan.Zero);
        _meter.Read(s_start.AddMinutes(2)).SlowedSince.ShouldBeNull();
    }

    [Fact]
    public void Who_waits_for_acknowledgements_never_has_a_hit_counted_instead_of_stored()
    {
        // Eight reports of 500 ahead, whatever the rate; then nothing before the first of them is acknowledged.
        const int Slow = 60;
        _meter.RoomFor(500, Slow, s_start).ShouldBe(500);
        _meter.Take(60, 60, Slow, s_start);
        for (var ahead = 0; ahead < 8; ahead++)
        {
            _meter.RoomFor(500, Slow, s_start).ShouldBe(500);
            _meter.Take(500, 500, Slow, s_start);
        }

        _meter.RoomFor(500, Slow, s_start).ShouldBe(0, "and who goes on sending has them counted");
        _meter.RoomFor(500, Slow, s_start.AddMinutes(1)).ShouldBe(60);
    }

    [Fact]
    public void Who_goes_on_and_on_is_not_listened_to_any_more_until_time_has_passed()
    {
        _meter.Take(4 * PerMinute, 0, PerMinute, s_start);
        _meter.IsExhausted(PerMinute, s_start).ShouldBeFalse();
        _meter.Take(2 * PerMinute, 0, PerMinute, s_start);
        _meter.IsExhausted(PerMinute, s_start).ShouldBeTrue();
        _meter.IsExhausted(PerMinute, s_start.AddMinutes(2)).ShouldBeFalse();
    }

    [Fact]
    public void That_an_agent_is_slowed_is_told_once_in_ten_minutes()
    {
        _meter.Take(2 * PerMinute, 0, PerMinute, s_start).IsNews.ShouldBeTrue();
        for (var minute = 1; minute < 10; minute++)
            _meter.Take(2 * PerMinute, 0, PerMinute, s_start.AddMinutes(minute)).IsNews.ShouldBeFalse();
        _meter.Take(2 * PerMinute, 0, PerMinute, s_start.AddMinutes(10)).IsNews.ShouldBeTrue();
    }

    [Fact]
    public void Surplus_hits_become_summaries_that_count_all_of_them()
    {
        var report = new ScanReport { Number = 3, SpoolId = "s", Hits = { Enumerable.Range(1, 10).Select(id => SomeScans.Hit("oom", id)) } };
        report.Hits[8].Pattern = "other";

        var folded = SurplusHits.Fold(report, kept: 4);

        folded.Hits.ShouldBe(report.Hits.Take(4));
        folded.Summaries.Select(summary => (summary.Pattern, summary.Count)).ShouldBe([("oom", 5UL), ("other", 1UL)]);
        folded.Summaries[0].Examples.Count.ShouldBe(3);
        folded.Summaries[0].Id.Length.ShouldBe(16);
        SurplusHits.Fold(report, kept: 4).ShouldBe(folded, "the same hits make the same summaries");
        ReportCheck.FindFault(folded).ShouldBeEmpty();
    }

    private TimeSpan Take(int hits, DateTimeOffset now) => _meter.Take(hits, hits, PerMinute, now).AcknowledgeAt - now;
}
