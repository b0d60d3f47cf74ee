using Fleet.Protocol.Units;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Protocol.Tests.Units;

public sealed class UnitsTests
{
    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("250ms", 250)]
    [InlineData("2d", 172_800_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("0s", 0)]
    public void Durations_are_read(string text, long milliseconds) =>
        DurationText.Parse(text).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("30", "'30': column 3: '30' has no unit (add a unit: 30s for seconds, 30m for minutes)")]
    [InlineData("", "'': column 1: expected a duration (write a number and a unit: 250ms, 30s, 5m, 1h30m or 2d)")]
    [InlineData("-5s", "'-5s': column 1: expected a duration (write a number and a unit: 250ms, 30s, 5m, 1h30m or 2d)")]
    [InlineData("5 m", "'5 m': column 2: '5' has no unit (add a unit: 5s for seconds, 5m for minutes)")]
    [InlineData("5w", "'5w': column 2: 'w' is not a unit of time (write a number and a unit: 250ms, 30s, 5m, 1h30m or 2d)")]
    [InlineData("5m1h", "'5m1h': column 3: 'h' must come earlier and only once (write a number and a unit: 250ms, 30s, 5m, 1h30m or 2d)")]
    [InlineData("99999999999d", "'99999999999d': column 1: the duration is too long (at most 10675199d)")]
    public void A_bad_duration_is_named_with_its_mend(string text, string message) =>
        Should.Throw<FleetFormatException>(() => DurationText.Parse(text)).Message.ShouldBe(message);

    [Fact]
    public void Durations_round_trip() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<long>().Select(t => TimeSpan.FromTicks(t & long.MaxValue)).ToArbitrary(),
            value => DurationText.Parse(DurationText.Format(value)) == value).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("64KiB", 65_536, "64KiB")]
    [InlineData("10MB", 10_000_000, "10MB")]
    [InlineData("1GiB", 1L << 30, "1GiB")]
    [InlineData("1.5GiB", 3L << 29, "1536MiB")]
    [InlineData("512B", 512, "512B")]
    [InlineData("0B", 0, "0B")]
    [InlineData("10 mb", 10_000_000, "10MB")]
    public void Sizes_are_read_and_written(string text, long bytes, string canonical)
    {
        ByteSize.Parse(text).ShouldBe(new ByteSize(bytes));
        new ByteSize(bytes).ToString().ShouldBe(canonical);
    }

    [Theory]
    [InlineData("64", "'64': column 3: '64' has no unit (add a unit: 64B, 64KiB or 64MiB)")]
    [InlineData("64XB", "'64XB': column 3: 'XB' is not a unit of size (write a number and a unit: 512B, 64KiB, 10MB or 1GiB)")]
    [InlineData("9000PiB", "'9000PiB': column 1: the size is too large (at most 8191PiB)")]
    [InlineData("0.3B", "'0.3B': column 1: the size is not a whole number of bytes (write a number and a unit: 512B, 64KiB, 10MB or 1GiB)")]
    public void A_bad_size_is_named_with_its_mend(string text, string message) =>
        Should.Throw<FleetFormatException>(() => ByteSize.Parse(text)).Message.ShouldBe(message);

    [Fact]
    public void Sizes_round_trip() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<long>().Select(n => new ByteSize(n & long.MaxValue)).ToArbitrary(),
            value => ByteSize.Parse(value.ToString()) == value).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("25", 100, 25)]
    [InlineData("25", 10, 10)]
    [InlineData("10%", 200, 20)]
    [InlineData("10%", 5, 1)]
    [InlineData("10%", 0, 0)]
    [InlineData("0%", 50, 0)]
    [InlineData("100%", 7, 7)]
    [InlineData("0.5%", 1000, 5)]
    public void A_share_resolves_against_the_total(string text, int total, int expected)
    {
        var share = CountOrPercent.Parse(text);
        share.Resolve(total).ShouldBe(expected);
        share.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("101%", "a percentage is at most 100%")]
    [InlineData("1.5", "hosts come whole")]
    [InlineData("ten", "expected a number or a percentage")]
    [InlineData("5 %", "unexpected ' '")]
    [InlineData("-1", "expected a number or a percentage")]
    [InlineData("99999999999", "the number is too large")]
    public void A_bad_share_is_refused(string text, string message)
    {
        CountOrPercent.TryParse(text, out _, out var error).ShouldBeFalse();
        error!.Message.ShouldBe(message);
    }

    [Fact]
    public void Any_text_is_parsed_or_refused() =>
        Prop.ForAll(Some.Garbage("1h30m250ms2d.5%KiBGB-10 9999999999999999999").ToArbitrary(), text =>
        {
            var isRead = new[]
            {
                (DurationText.TryParse(text, out _, out var duration), duration),
                (ByteSize.TryParse(text, out _, out var size), size),
                (CountOrPercent.TryParse(text, out _, out var share), share),
            };
            return Array.TrueForAll(isRead, r => r.Item1 ? r.Item2 is null : r.Item2!.Column <= text.Length + 1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void A_long_text_is_shown_around_its_error_without_control_characters()
    {
        var text = new string('a', 200) + "\u001b[2J\t!" + new string('b', 200);
        var lines = new ParseError(206, "here").Render(text).Split('\n');
        lines[0].Length.ShouldBeLessThan(120);
        lines[0].ShouldNotContain('\u001b');
        lines[0][lines[1].IndexOf('^')].ShouldBe('!');
    }
}
