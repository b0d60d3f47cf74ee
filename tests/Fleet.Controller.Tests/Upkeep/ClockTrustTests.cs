using Fleet.Controller.Upkeep;
using Fleet.Hosting.Settings;

namespace Fleet.Controller.Tests.Upkeep;

public sealed class ClockTrustTests
{
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(10);
    private static readonly DateTimeOffset s_start = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private readonly TwoClocks _clocks = new(s_start);
    private RetentionOptions _options = new();
    private readonly ClockTrust _trust;

    public ClockTrustTests() => _trust = new ClockTrust(_clocks, new Reloadable<RetentionOptions>(() => _options));

    [Fact]
    public void A_clock_that_goes_as_time_does_is_believed_however_long()
    {
        _trust.Begin(s_start.AddHours(-50));
        for (var day = 0; day < 400; day++)
        {
            _clocks.Pass(TimeSpan.FromDays(1));
            // Slewed by 500 ppm, the most that ntpd does.
            _clocks.Set(TimeSpan.FromSeconds(day % 2 == 0 ? 43 : -43));
            _trust.Look().ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(800, "it was set forward by 800.00:00:00")]
    [InlineData(-2, "it was set back by 2.00:00:00")]
    public void A_clock_that_was_set_is_believed_after_a_day_without_another_step(int days, string reason)
    {
        _trust.Begin(s_start);
        Steady(1);

        _clocks.Set(TimeSpan.FromDays(days));
        Look().ShouldBeFalse();
        _trust.Doubt.ShouldNotBeNull().ShouldContain(reason);

        // Nearly a day later it is set again: the day begins anew.
        for (var looks = 0; looks < 140; looks++)
            Look().ShouldBeFalse();
        _clocks.Set(TimeSpan.FromDays(-days));
        Look().ShouldBeFalse();
        for (var looks = 0; looks < 143; looks++)
            Look().ShouldBeFalse();
        Look().ShouldBeTrue();
        _trust.Doubt.ShouldBeNull();
    }

    [Fact]
    public void A_clock_far_beyond_the_newest_record_is_not_believed_at_the_start()
    {
        _trust.Begin(s_start.AddDays(-3).AddMinutes(-1));

        Look().ShouldBeFalse();
        _trust.Doubt.ShouldNotBeNull().ShouldContain("the newest that the store holds is of 2026-11-27");
        for (var looks = 0; looks < 142; looks++)
            Look().ShouldBeFalse();
        Look().ShouldBeTrue();
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(0)]
    [InlineData(800)]
    public void A_controller_that_was_off_over_a_weekend_or_has_never_run_or_whose_clock_is_behind_is_believed(int newestInDays)
    {
        _trust.Begin(newestInDays == 0 ? null : s_start.AddDays(newestInDays));

        Look().ShouldBeTrue();
    }

    [Theory]
    [InlineData("2026-11-30", true)]
    [InlineData("2026-12-01", true)]
    [InlineData("2026-12-02", false)]
    [InlineData("2024-09-21", false)]
    public void An_operator_confirms_a_date_and_not_whatever_the_clock_says(string date, bool isBelieved)
    {
        _trust.Begin(s_start.AddDays(-30));
        Look().ShouldBeFalse();

        _options = _options with { ConfirmClock = DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture) };

        Look().ShouldBe(isBelieved);
    }

    private void Steady(int looks)
    {
        for (var n = 0; n < looks; n++)
            Look().ShouldBeTrue();
    }

    private bool Look()
    {
        _clocks.Pass(s_look);
        return _trust.Look();
    }
}
