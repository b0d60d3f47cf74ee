using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Grpc.Wire;

namespace Fleet.Grpc.Tests.Wire;

public sealed class HeaderValueTests
{
    [Fact]
    public void Messages_survive_their_encoding_and_travel_as_printable_ASCII() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>().Filter(text => text is not null && !text.Any(char.IsSurrogate)), text =>
        {
            var encoded = PercentEncoding.Encode(text);
            return encoded.All(c => c is >= ' ' and <= '~') && encoded.Trim() == encoded && PercentEncoding.Decode(encoded) == text;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("with the SHA-256 ", "with the SHA-256%20")]
    [InlineData("  two  ", "%20 two %20")]
    [InlineData(" ", "%20")]
    public void A_message_neither_begins_nor_ends_with_a_blank_on_the_wire(string text, string encoded)
    {
        PercentEncoding.Encode(text).ShouldBe(encoded);
        PercentEncoding.Decode(encoded).ShouldBe(text);
    }

    [Fact]
    public void Binary_values_survive_with_and_without_padding() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
    {
        var unpadded = BinaryHeader.Encode(bytes);
        return !unpadded.Contains('=', StringComparison.Ordinal)
            && BinaryHeader.TryDecode(unpadded, out var first) && first.SequenceEqual(bytes)
            && BinaryHeader.TryDecode(Convert.ToBase64String(bytes), out var second) && second.SequenceEqual(bytes);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Joined_binary_values_are_split_and_undecodable_ones_dropped()
    {
        var metadata = new Metadata();
        BinaryHeader.AddReceived(metadata, "X-Trace-Bin", "AQ, AgM=,!!,AQIDBA");
        metadata.Select(entry => Convert.ToHexString(entry.ValueBytes)).ShouldBe(["01", "0203", "01020304"]);
        metadata.ShouldAllBe(entry => entry.Key == "x-trace-bin");
    }

    [Fact]
    public void A_timeout_never_shrinks_and_grows_by_less_than_its_unit() => Prop.ForAll(
        ArbMap.Default.ArbFor<long>().Filter(ticks => ticks > 0), ticks =>
        {
            var timeout = TimeSpan.FromTicks(ticks % TimeSpan.FromHours(99_999_999).Ticks);
            var encoded = GrpcTimeout.Encode(timeout);
            var unit = encoded[^1] switch
            {
                'u' => TimeSpan.FromMicroseconds(1),
                'm' => TimeSpan.FromMilliseconds(1),
                'S' => TimeSpan.FromSeconds(1),
                'M' => TimeSpan.FromMinutes(1),
                _ => TimeSpan.FromHours(1),
            };
            return encoded.Length <= 9
                && GrpcTimeout.TryParse(encoded, out var decoded)
                && decoded >= timeout
                && decoded - timeout <= unit;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1H", 3_600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("3S", 3_000)]
    [InlineData("4m", 4)]
    [InlineData("5000u", 5)]
    [InlineData("6000000n", 6)]
    public void Timeouts_are_read_in_every_unit(string text, int milliseconds)
    {
        GrpcTimeout.TryParse(text, out var timeout).ShouldBeTrue();
        timeout.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData(" 1S")]
    [InlineData("+1S")]
    [InlineData("123456789S")]
    public void Malformed_timeouts_are_refused(string text) => GrpcTimeout.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("Upper-Case", "upper-case")]
    [InlineData("a.b_c-1", "a.b_c-1")]
    public void Metadata_names_are_kept_in_lower_case(string given, string kept) =>
        new Metadata { { given, "v" } }[0].Key.ShouldBe(kept);

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("colon:")]
    [InlineData("\u00fc")]
    public void Names_that_HTTP_cannot_carry_are_refused(string name) =>
        Should.Throw<ArgumentException>(() => new Metadata.Entry(name, "v"));

    [Fact]
    public void Text_and_bytes_are_told_apart_by_the_name()
    {
        Should.Throw<ArgumentException>(() => new Metadata.Entry("x-bin", "text"));
        Should.Throw<ArgumentException>(() => new Metadata.Entry("x", [1]));
        Should.Throw<InvalidOperationException>(() => Metadata.Empty.Add("x", "v"));
        var metadata = new Metadata { { "n", "1" }, { "n", "2" }, { "n-bin", [7] } };
        metadata.GetValue("N").ShouldBe("2");
        metadata.GetAll("n").Select(entry => entry.Value).ShouldBe(["1", "2"]);
        metadata.GetValueBytes("n-bin").ShouldBe([7]);
        metadata.Count.ToString(CultureInfo.InvariantCulture).ShouldBe("3");
    }
}
