using Fleet.Controller.Scans;
using Fleet.Controller.Tests.Alerts;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Scans;

public sealed class HitMeterTests
{
    private const int PerMinute = 6000;
    private const int PerScan = 1000;
    private static readonly DateTimeOffset s_start = SomeRules.Start;
    private static readonly DateTimeOffset s_linked = s_start.AddHours(-1);
    private static readonly HitRates s_rates = new(PerMinute, PerScan);
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
        Room(500, Slow, s_start).ShouldBe(500);
        _meter.Take(60, 60, Slow, s_start);
        for (var ahead = 0; ahead < 8; ahead++)
        {
            Room(500, Slow, s_start).ShouldBe(500);
            _meter.Take(500, 500, Slow, s_start);
        }

        Room(500, Slow, s_start).ShouldBe(0, "and who goes on sending has them counted");
        Room(500, Slow, s_start.AddMinutes(1)).ShouldBe(60);
    }

    [Fact]
    public void A_scan_has_a_rate_of_its_own_while_the_agent_is_slowed_and_the_other_scans_are_not_held_up()
    {
        // A minute's worth of the agent's, all of one scan: nobody is held up yet.
        Report("loud", PerMinute, s_start).Surplus.ShouldBeEmpty();
        Report("loud", 500, s_start).Surplus.ShouldBeEmpty();
        _meter.Read(s_start).SlowedSince.ShouldBe(s_start);

        var slowed = Report("loud", 500, s_start);
        slowed.Kept.ShouldBeEmpty();
        slowed.Surplus.Count.ShouldBe(500);
        slowed.ToTell.ShouldBe("loud");
        Report("quiet", 100, s_start).Kept.Count.ShouldBe(100, "this scan has taken nothing yet");

        // Half a minute later the scan has half of its rate again, and no more.
        var later = Report("loud", PerMinute, s_start.AddSeconds(30));
        later.Kept.Count.ShouldBe(PerScan / 2);
        later.ToTell.ShouldBeNull("it was told");
    }

    [Fact]
    public void An_agent_within_its_rate_has_no_scan_counted_however_uneven_they_are() =>
        Enumerable.Range(0, 5).SelectMany(minute => Report("loud", PerMinute, s_start.AddMinutes(minute)).Surplus).ShouldBeEmpty();

    [Fact]
    public void What_was_read_while_the_agent_was_not_connected_is_slowed_and_never_counted_for_the_scan()
    {
        Report("loud", PerMinute + 500, s_start);
        var backlog = Hits("loud", 500);
        foreach (var hit in backlog)
            hit.SeenUs = s_linked.AddMinutes(-1).ToUnixTimeMilliseconds() * 1000;

        _meter.Choose(backlog, s_rates, s_linked, s_start).Kept.Count.ShouldBe(500);
        foreach (var hit in backlog)
            hit.SeenUs = s_linked.AddMinutes(1).ToUnixTimeMilliseconds() * 1000;
        _meter.Choose(backlog, s_rates, s_linked, s_start).Kept.ShouldBeEmpty();
    }

    [Fact]
    public void The_only_scan_of_an_agent_is_slowed_and_not_counted()
    {
        var alone = s_rates with { OfScan = int.MaxValue };
        for (var report = 0; report < (PerMinute / 500) + 8; report++)
        {
            var choice = _meter.Choose(Hits("loud", 500), alone, s_linked, s_start);
            choice.Surplus.ShouldBeEmpty();
            _meter.TakeOfScans(choice.Kept, alone, s_linked, s_start);
            _meter.Take(500, 500, PerMinute, s_start);
        }
    }

    [Fact]
    public void A_report_that_was_stored_is_known_by_its_number_in_its_spool()
    {
        _meter.WasStored("s", 1).ShouldBeFalse();
        _meter.Stored("s", 3, isFolded: true);
        _meter.Stored("s", 5, isFolded: false);
        _meter.Stored("s", 4, isFolded: false);

        _meter.WasStored("s", 5).ShouldBeTrue();
        _meter.WasStored("s", 6).ShouldBeFalse();
        _meter.WasStored("t", 1).ShouldBeFalse();
        _meter.WasFolded("s", 3).ShouldBeTrue();
        _meter.WasFolded("s", 4).ShouldBeFalse();
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

        var choice = new HitChoice([.. report.Hits.Take(4)], [.. report.Hits.Skip(4)], null);

        var folded = SurplusHits.Fold(report, choice);

        folded.Hits.ShouldBe(report.Hits.Take(4));
        folded.Summaries.Select(summary => (summary.Pattern, summary.Count)).ShouldBe([("oom", 5UL), ("other", 1UL)]);
        folded.Summaries[0].Examples.Count.ShouldBe(3);
        folded.Summaries[0].Id.Length.ShouldBe(16);
        SurplusHits.Fold(report, choice).ShouldBe(folded, "the same hits make the same summaries");
        ReportCheck.FindFault(folded).ShouldBeEmpty();
    }

    private TimeSpan Take(int hits, DateTimeOffset now) => _meter.Take(hits, hits, PerMinute, now).AcknowledgeAt - now;

    private int Room(int hits, int perMinute, DateTimeOffset now) => _meter.Choose(Hits("oom", hits), new HitRates(perMinute, int.MaxValue), s_linked, now).Kept.Count;

    // As a report is taken: chosen, stored, counted.
    private HitChoice Report(string scan, int hits, DateTimeOffset now)
    {
        var choice = _meter.Choose(Hits(scan, hits), s_rates, s_linked, now);
        _meter.TakeOfScans(choice.Kept, s_rates, s_linked, now);
        _meter.Take(choice.Kept.Count + (choice.Surplus.Count > 0 ? 1 : 0), hits, PerMinute, now);
        return choice;
    }

    private static Hit[] Hits(string scan, int count) => [.. Enumerable.Range(1, count).Select(id => SomeScans.Hit(scan, id))];
}
