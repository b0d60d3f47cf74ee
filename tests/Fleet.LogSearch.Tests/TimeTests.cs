using System.Text;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;
using Fleet.LogSearch.Times;

namespace Fleet.LogSearch.Tests;

public sealed class TimeTests : IDisposable
{
    private static readonly DateTimeOffset s_lastChange = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
    private readonly ScratchDirectory _scratch = new();

    [Theory]
    [InlineData("2026-11-20T08:00:00Z msg", "2026-11-20T08:00:00Z")]
    [InlineData("2026-11-20 08:00:00,123 INFO msg", "2026-11-20T08:00:00.123Z")]
    [InlineData("[2026-11-20T08:00:00.123456789+02:00] msg", "2026-11-20T06:00:00.1234567Z")]
    [InlineData("2026-11-20 08:00:00.5 +0530 msg", "2026-11-20T02:30:00.5Z")]
    [InlineData("2026/11/20 08:00:00 [error] 1#1: nginx", "2026-11-20T08:00:00Z")]
    [InlineData("Nov 20 08:00:00 host app: msg", "2026-11-20T08:00:00Z")]
    [InlineData("Nov  2 08:00:00 host app: msg", "2026-11-02T08:00:00Z")]
    [InlineData("<13>Dec 31 23:59:59 host app: last year's", "2025-12-31T23:59:59Z")]
    [InlineData("Feb 29 08:00:00 host app: leap day", "2024-02-29T08:00:00Z")]
    [InlineData("<34>1 2026-11-20T08:00:00.003Z host app - - msg", "2026-11-20T08:00:00.003Z")]
    [InlineData("1.2.3.4 - - [20/Nov/2026:08:00:00 +0100] \"GET / HTTP/1.1\" 200", "2026-11-20T07:00:00Z")]
    [InlineData("[Fri Nov 20 08:00:00.123456 2026] [core:error] msg", "2026-11-20T08:00:00.123456Z")]
    [InlineData("1795161600 msg", "2026-11-20T08:00:00Z")]
    [InlineData("1795161600.25 msg", "2026-11-20T08:00:00.25Z")]
    [InlineData("1795161600250 msg", "2026-11-20T08:00:00.25Z")]
    [InlineData("I1120 08:00:00.123456   1 main.go:1] msg", "2026-11-20T08:00:00.123456Z")]
    [InlineData("{\"level\":\"info\",\"time\":\"2026-11-20T08:00:00Z\"}", "2026-11-20T08:00:00Z")]
    [InlineData("{\"ts\":1795161600.5,\"msg\":\"x\"}", "2026-11-20T08:00:00.5Z")]
    public void The_common_forms_are_recognized_by_themselves(string line, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line);

        TimestampReader reader = TimestampReader.Create(new TimestampOptions { Zone = TimeZoneInfo.Utc }, bytes, s_lastChange).ShouldNotBeNull();

        reader.TryRead(bytes, out long ticks).ShouldBeTrue();
        new DateTimeOffset(ticks, TimeSpan.Zero).ShouldBe(DateTimeOffset.Parse(expected));
    }

    [Theory]
    [InlineData("no time here")]
    [InlineData("2026-13-20T08:00:00Z")]
    [InlineData("2026-11-31 08:00:00")]
    [InlineData("Nov 20 25:00:00 host")]
    [InlineData("")]
    public void What_is_no_time_is_not_taken_for_one(string line) =>
        TimestampReader.Create(new TimestampOptions(), Encoding.UTF8.GetBytes(line), s_lastChange).ShouldBeNull();

    [Fact]
    public void A_custom_form_is_read_as_given()
    {
        var options = new TimestampOptions { Form = TimestampForm.Custom, CustomFormat = "dd.MM.yyyy HH:mm:ss", Zone = TimeZoneInfo.Utc };

        TimestampReader.Create(options, [], s_lastChange)!.TryRead("20.11.2026 08:00:00 x"u8, out long ticks).ShouldBeTrue();

        new DateTime(ticks).ShouldBe(new DateTime(2026, 11, 20, 8, 0, 0));
    }

    [Theory]
    [InlineData("5m", "2026-11-20T11:55:00Z")]
    [InlineData("1h30m", "2026-11-20T10:30:00Z")]
    [InlineData("2d", "2026-11-18T12:00:00Z")]
    [InlineData("today", "2026-11-20T00:00:00Z")]
    [InlineData("yesterday", "2026-11-19T00:00:00Z")]
    [InlineData("08:00", "2026-11-20T08:00:00Z")]
    [InlineData("2026-11-20 08:00", "2026-11-20T08:00:00Z")]
    [InlineData("2026-11-20T08:00:00+02:00", "2026-11-20T06:00:00Z")]
    [InlineData("@1795161600", "2026-11-20T08:00:00Z")]
    public void Bounds_are_read_as_operators_write_them(string text, string expected) =>
        TimeWindow.ParseBound(text, new Noon()).ShouldBe(DateTimeOffset.Parse(expected));

    [Theory]
    [InlineData("5 minutes"), InlineData("m"), InlineData(""), InlineData("20.11.2026"), InlineData("1x"), InlineData("5"), InlineData("@-2e11")]
    public void An_unknown_bound_is_refused_with_the_known_forms(string text) =>
        Should.Throw<LogQueryException>(() => TimeWindow.ParseBound(text, new Noon())).Message.ShouldContain("1h30m");

    [Fact]
    public void A_bound_before_all_calendars_is_refused() =>
        Should.Throw<LogQueryException>(() => TimeWindow.ParseBound("99999999w", new Noon())).Message.ShouldContain("100 years back");

    [Theory]
    [InlineData(0), InlineData(40)]
    public void A_window_in_a_large_sorted_file_is_found_without_reading_the_rest(int disorderSeconds)
    {
        var start = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        var log = new StringBuilder();
        var random = new Random(3);
        var expected = new List<string>();
        DateTimeOffset since = start.AddSeconds(150_000), until = start.AddSeconds(150_500);
        for (int i = 0; i < 200_000; i++)
        {
            DateTimeOffset time = start.AddSeconds(i - random.Next(disorderSeconds / 2 + 1));
            string line = $"{time:yyyy-MM-ddTHH:mm:ssZ} event {i}\n  a line of the event {i} without time\n";
            log.Append(line);
            if (time >= since && time <= until)
            {
                expected.AddRange(line.TrimEnd('\n').Split('\n'));
            }
        }

        string path = _scratch.Write("a.log", log.ToString());
        File.SetLastWriteTimeUtc(path, until.UtcDateTime);
        var query = new LogQuery { Patterns = [new LogPattern("e", "event")], Window = new TimeWindow(since, until), Times = TimeReading.Always };

        (SourceOutcome outcome, IReadOnlyList<LogMatch> lines) = ScratchDirectory.Search(path, query);

        lines.Select(line => line.ToString()).ShouldBe(expected);
        lines.ShouldAllBe(line => line.Time >= since && line.Time <= until);
        outcome.BytesRead.ShouldBeLessThan(600_000);
        outcome.End.ShouldBe(SearchEnd.Complete);
    }

    [Fact]
    public void A_file_out_of_order_is_read_whole_and_that_is_said()
    {
        string late = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"2026-11-20T08:00:00Z late {i} {new string('.', 40)}\n"));
        string early = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"2026-11-19T08:00:00Z early {i} {new string('.', 40)}\n"));
        string path = _scratch.Write("a.log", late + early);
        File.SetLastWriteTimeUtc(path, s_lastChange.UtcDateTime);
        var window = new TimeWindow(new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero), null);

        SourceOutcome outcome = ScratchDirectory.Search(path, new LogQuery { Patterns = [new LogPattern("e", "1 ")], Window = window }).Outcome;

        outcome.Matches.ShouldBe(2000);
        outcome.Reason.ShouldContain("not in order");
    }

    [Fact]
    public void A_window_over_lines_without_times_is_refused_rather_than_guessed()
    {
        string path = _scratch.Write("a.log", "no time\n");
        File.SetLastWriteTimeUtc(path, s_lastChange.UtcDateTime);

        SourceOutcome outcome = ScratchDirectory.Search(path, new LogQuery { Window = new TimeWindow(s_lastChange, null) }).Outcome;

        (outcome.End, outcome.Reason.Contains("no time is recognized")).ShouldBe((SearchEnd.Failed, true));
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(0, 1)]
    public void A_file_last_changed_before_the_window_is_not_read(int daysBefore, int matches)
    {
        string path = _scratch.Write("app.log.7", "2026-11-20T08:00:00Z event\n");
        File.SetLastWriteTimeUtc(path, s_lastChange.UtcDateTime.AddDays(-daysBefore));
        var window = new TimeWindow(s_lastChange.AddDays(-1), null);

        SourceOutcome outcome = ScratchDirectory.Search(path, new LogQuery { Patterns = [new LogPattern("e", "event")], Window = window }).Outcome;

        (outcome.End, outcome.Matches, outcome.BytesRead > 0).ShouldBe((SearchEnd.Complete, matches, matches > 0));
    }

    [Fact]
    public void A_form_that_was_named_and_that_no_line_has_is_refused_and_an_empty_packed_file_is_not()
    {
        var window = new TimeWindow(s_lastChange.AddYears(-1), null);
        string path = _scratch.Write("a.log", "2026-11-20T08:00:00Z x\n");
        var klog = new LogQuery { Window = window, Timestamps = new TimestampOptions { Form = TimestampForm.Klog } };
        SourceOutcome outcome = ScratchDirectory.Search(path, klog).Outcome;
        (outcome.End, outcome.Reason.Contains("the form that was named")).ShouldBe((SearchEnd.Failed, true));

        // RFC 1952: a member without content.
        byte[] packed = Convert.FromHexString("1f8b0800000000000003" + "0300" + "0000000000000000");
        ScratchDirectory.Search(_scratch.Write("empty.gz", packed), new LogQuery { Window = window }).Outcome.End.ShouldBe(SearchEnd.Complete);
    }

    public void Dispose() => _scratch.Dispose();

    private sealed class Noon : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }
}
