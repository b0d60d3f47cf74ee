using System.Globalization;
using Fleet.Controller.Alerts;

namespace Fleet.Controller.Tests.Alerts;

public sealed class QuietHoursTests
{
    // The clock of this zone leaps from 02:00 to 03:00 on the last Sunday of March and back from 03:00 on that of October.
    private static readonly TimeZoneInfo s_zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(1), "test", "standard", "summer",
    [
        TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday)),
    ]);

    [Theory]
    // 2026-11-21 is a Saturday.
    [InlineData("22:00-06:00", "2026-11-21T23:00+01:00", "2026-11-22T06:00+01:00")]
    [InlineData("22:00-06:00", "2026-11-21T05:59+01:00", "2026-11-21T06:00+01:00")]
    [InlineData("22:00-06:00", "2026-11-21T06:00+01:00", null)]
    [InlineData("22:00-06:00", "2026-11-21T22:00+01:00", "2026-11-22T06:00+01:00")]
    [InlineData("sat,sun 00:00-24:00", "2026-11-21T12:00+01:00", "2026-11-23T00:00+01:00")]
    [InlineData("sat,sun 00:00-24:00", "2026-11-23T00:00+01:00", null)]
    // A night belongs to the day on which it begins.
    [InlineData("fri 22:00-06:00", "2026-11-21T05:00+01:00", "2026-11-21T06:00+01:00")]
    [InlineData("fri 22:00-06:00", "2026-11-22T05:00+01:00", null)]
    [InlineData("fri-mon 12:00-13:00", "2026-11-22T12:30+01:00", "2026-11-22T13:00+01:00")]
    [InlineData("fri-mon 12:00-13:00", "2026-11-24T12:30+01:00", null)]
    // Spans that touch are one quiet.
    [InlineData("22:00-24:00;00:00-07:00", "2026-11-21T23:00+01:00", "2026-11-22T07:00+01:00")]
    // The night in which the clock leaps forward is an hour shorter, the one in which it goes back an hour longer.
    [InlineData("22:00-06:00", "2026-03-28T23:00+01:00", "2026-03-29T06:00+02:00")]
    [InlineData("22:00-06:00", "2026-10-24T23:00+02:00", "2026-10-25T06:00+01:00")]
    // An end that the clock leaps over, and one that it shows twice.
    [InlineData("01:00-02:30", "2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00")]
    [InlineData("01:00-02:30", "2026-10-25T02:15+02:00", "2026-10-25T02:30+02:00")]
    [InlineData("01:00-02:30", "2026-10-25T02:15+01:00", "2026-10-25T02:30+01:00")]
    public void Quiet_ends_by_the_clock_on_the_wall(string spans, string now, string? until)
    {
        var quiet = QuietHours.Parse(spans.Split(';'));

        quiet.QuietUntil(At(now), s_zone).ShouldBe(until is null ? null : At(until));
    }

    [Theory]
    [InlineData("22-06")]
    [InlineData("22:00")]
    [InlineData("24:00-06:00")]
    [InlineData("06:00-06:00")]
    [InlineData("25:00-06:00")]
    [InlineData("someday 22:00-06:00")]
    [InlineData("mon tue 22:00-06:00")]
    [InlineData("")]
    public void A_malformed_span_is_named(string span) =>
        Should.Throw<FormatException>(() => QuietHours.Parse([span])).Message.ShouldContain($"\"{span}\"");

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
