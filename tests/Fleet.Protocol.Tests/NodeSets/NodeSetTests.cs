using System.Diagnostics;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Tests.NodeSets;

public sealed class NodeSetTests
{
    [Theory]
    [InlineData("web[001-003,005]", "web001 web002 web003 web005")]
    [InlineData("rack[1-2]-n[01-02]", "rack1-n01 rack1-n02 rack2-n01 rack2-n02")]
    [InlineData("a,b  c,\td", "a b c d")]
    [InlineData("n[0-10/5]", "n0 n5 n10")]
    [InlineData("[1-3]", "1 2 3")]
    [InlineData("web[9-11]", "web9 web10 web11")]
    [InlineData("web[08-11]", "web08 web09 web10 web11")]
    [InlineData("db.fra.example.com,my_host-1", "db.fra.example.com my_host-1")]
    [InlineData("n[ 1 - 2 , 4 ]x", "n1x n2x n4x")]
    [InlineData("web[1-2]5", "web15 web25")]
    [InlineData("", "")]
    [InlineData("a,a,a", "a")]
    public void A_text_stands_for_its_names(string text, string names) =>
        NodeSet.Parse(text).Names.ShouldBe(names.Split(' ', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);

    [Theory]
    [InlineData("web001 web002 web003 web007 db1", "db1,web[001-003,007]")]
    [InlineData("rack1-n1 rack1-n2 rack2-n1 rack2-n2", "rack[1-2]-n[1-2]")]
    [InlineData("web10 web9 web8 web1", "web[1,8-10]")]
    [InlineData("web08 web09 web10 web11 web100", "web[08-11,100]")]
    [InlineData("web1 web01 web001", "web[1,01,001]")]
    [InlineData("n0 n2 n4 n6", "n[0-6/2]")]
    [InlineData("n010 n110 n210 n310", "n[010-310/100]")]
    [InlineData("n1 n3 n5", "n[1,3,5]")]
    [InlineData("10.0.0.1 10.0.0.2 10.0.1.1 10.0.1.2", "10.0.[0-1].[1-2]")]
    [InlineData("r1n1 r1n2 r2n1", "r1n[1-2],r2n1")]
    [InlineData("a1b1 a2b1 a3b1 a3b2", "a[1-3]b1,a3b2")]
    [InlineData("solo7", "solo7")]
    public void Names_fold_to_the_shortest_text(string names, string text) =>
        NodeSet.Fold(names.Split(' ')).ShouldBe(text);

    [Fact]
    public void Unusual_names_are_quoted_and_read_back()
    {
        string[] names = ["a b", "x[1]", "q\"uote", "back\\slash", "new\nline", "nul\0", "\ud800", "comma,", "123456789012345678901234", "*"];
        var set = NodeSet.Of(names);
        NodeSet.Parse(set.ToString()).ShouldBe(set);
        set.ToString().ShouldContain("\"new\\u000aline\"");
    }

    [Theory]
    [InlineData("web[1-100001]")]
    [InlineData("a[1-1000]b[1-1000]")]
    [InlineData("a[0-999999999999999999]")]
    [InlineData("[1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9][1-9]")]
    [InlineData("[1-60000,1-60000]")]
    [InlineData("a[1-60000],b[1-60000]")]
    public void Too_many_names_are_refused_before_they_are_made(string text)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        NodeSet.TryParse(text, out _, out var error).ShouldBeFalse();
        error!.Message.ShouldBe("stands for more than 100000 names");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(32 << 20);
    }

    [Fact]
    public void Many_brackets_make_no_long_work()
    {
        NodeSet.TryParse("[0-9][0-9][0-9][0-9][0-9]" + string.Concat(Enumerable.Repeat("[1]", 240)), out var set, out _).ShouldBeTrue();
        set.Count.ShouldBe(100_000);
        NodeSet.TryParse(string.Concat(Enumerable.Repeat("[1]", 100_000)), out _, out var error).ShouldBeFalse();
        error!.Message.ShouldBe("the name is longer than 255 characters");
    }

    [Theory]
    [InlineData("web[1-3", "    web[1-3\n       ^ this '[' is never closed\n    hint: add ']' after the last number")]
    [InlineData("web[", "    web[\n       ^ this '[' is never closed\n    hint: add ']' after the last number")]
    [InlineData("web[5-1]", "    web[5-1]\n        ^ this range runs backwards\n    hint: write 1-5")]
    [InlineData("web[001-10]", "    web[001-10]\n            ^ both ends of a range must be padded alike\n    hint: write 001-010")]
    [InlineData("web[a-c]", "    web[a-c]\n        ^ expected a number\n    hint: brackets hold numbers and ranges: [1-3,7] or [0-10/2]")]
    [InlineData("web]", "    web]\n       ^ this ']' was never opened\n    hint: add '[' or remove it")]
    [InlineData("a,,b", "    a,,b\n      ^ a name is missing before this comma\n    hint: remove the comma")]
    [InlineData("a,", "    a,\n      ^ a name must follow the comma\n    hint: remove the last comma")]
    [InlineData("web*", "    web*\n       ^ a node set cannot contain globs\n    hint: write the names out, or use a target")]
    [InlineData("n[0-9/0]", "    n[0-9/0]\n          ^ a step must be at least 1")]
    [InlineData("\"abc", "    \"abc\n    ^ this quote is never closed\n    hint: add \" at the end of the text")]
    public void An_error_points_at_its_place(string text, string rendered) =>
        Should.Throw<FleetFormatException>(() => NodeSet.Parse(text)).Render().ShouldBe(rendered);

    [Fact]
    public void Sets_combine()
    {
        var set = NodeSet.Parse("web[1-5]");
        set.Except(NodeSet.Parse("web[2-3]")).ToString().ShouldBe("web[1,4-5]");
        set.Intersect(NodeSet.Parse("web[4-9]")).ToString().ShouldBe("web[4-5]");
        set.Union(NodeSet.Parse("web6,db")).ToString().ShouldBe("db,web[1-6]");
        set.Contains("web3").ShouldBeTrue();
        set.Contains("web6").ShouldBeFalse();
    }

    [Fact]
    public void Ten_thousand_names_fold_quickly()
    {
        var names = Enumerable.Range(0, 10_000).Select(i => $"rack{i / 100:00}-n{i % 100:000}").Reverse().ToArray();
        NodeSet.Fold(names);
        var clock = Stopwatch.StartNew();
        NodeSet.Fold(names).ShouldBe("rack[00-99]-n[000-099]");
        // Tens of milliseconds on a quiet machine; the limit only catches a change of order.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }
}
