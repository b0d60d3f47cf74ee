using Fleet.Agent.Tailing;
using Fleet.LogSearch.Searching;
using Fleet.Protocol.V1;
using LogSource = Fleet.Protocol.V1.LogSource;

namespace Fleet.Agent.Tests.Tailing;

public sealed class TailOrderReaderTests
{
    public static TheoryData<string, Action<TailOrder>> BadOrders => new()
    {
        { "0 sources", order => order.Sources.Clear() },
        { "65 sources", order => order.Sources.Add(Enumerable.Repeat(order.Sources[0], 64)) },
        { "not an absolute path", order => order.Sources[0].Files.Path = "app.log" },
        { "NUL", order => order.Sources[0].Files.Path = "/app\0.log" },
        { "does not know", order => order.Sources.Add(new LogSource()) },
        { "no comparison", order => order.Sources.Add(new LogSource { Journal = new JournalLogSource { Fields = { "unit" } } }) },
        { "no comparison", order => order.JsonFields.Add("level") },
        { "1 to", order => order.Patterns.Add(new LogPattern()) },
        { "(unclosed", order => order.Patterns.Add(new LogPattern { Text = "(unclosed" }) },
        { "65 patterns", order => order.Exclude.Add(Enumerable.Repeat(new LogPattern { Text = "x" }, 65)) },
        { "inverting needs a pattern", order => order.Invert = true },
        { "last lines", order => order.LastLines = 10_001 },
    };

    [Theory]
    [MemberData(nameof(BadOrders))]
    public void What_is_wrong_is_said(string expected, Action<TailOrder> spoil)
    {
        var order = Good();
        spoil(order);
        TailOrderReader.Read(order, out var fault).ShouldBeNull();
        fault.ShouldContain(expected);
    }

    [Fact]
    public void A_good_order_is_read()
    {
        var order = Good();
        order.Patterns.Add(new LogPattern { Text = "x", Fixed = true, IgnoreCase = true });
        order.Invert = true;
        var tail = TailOrderReader.Read(order, out var fault).ShouldNotBeNull(fault);
        (tail.LastLines, tail.Query.Sense, tail.Query.Patterns.Count).ShouldBe((10, MatchSense.NotMatching, 1));
        TailOrderReader.Read(null, out _).ShouldBeNull();
    }

    [Theory]
    [InlineData("0123456789abcdef", true)]
    [InlineData("", false)]
    [InlineData("two words", false)]
    [InlineData("line\nbreak", false)]
    public void An_id_is_plain_text(string id, bool isOne) => TailOrderReader.IsId(id).ShouldBe(isOne);

    private static TailOrder Good() => new() { Sources = { new LogSource { Files = new FileLogSource { Path = "/var/log/app.log" } } }, LastLines = 10 };
}
