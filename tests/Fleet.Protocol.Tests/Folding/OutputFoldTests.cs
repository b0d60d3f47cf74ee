using System.Text;
using Fleet.Protocol.Folding;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Protocol.Tests.Folding;

public sealed class OutputFoldTests
{
    [Fact]
    public void Hosts_with_the_same_result_share_a_group_the_largest_first()
    {
        var fold = new OutputFold<int>();
        Add(fold, "web2", 0, "ok\n");
        Add(fold, "db1", 0, "other\n");
        Add(fold, "web1", 0, "ok\n");
        Add(fold, "web3", 1, "ok\n");
        Add(fold, "db2", 0, "third\n");

        fold.Snapshot().Select(g => $"{g.Hosts} {g.Key} {g.Text.Trim()}")
            .ShouldBe(["web[1-2] 0 ok", "db1 0 other", "db2 0 third", "web3 1 ok"]);
        fold.HostCount.ShouldBe(5);
    }

    [Fact]
    public void A_snapshot_can_be_taken_at_any_time_and_does_not_change()
    {
        var fold = new OutputFold<int>();
        fold.Snapshot().ShouldBeEmpty();
        Add(fold, "a1", 0, "x");
        var early = fold.Snapshot();
        Add(fold, "a2", 0, "x");
        early[0].Hosts.ToString().ShouldBe("a1");
        fold.Snapshot()[0].Hosts.ToString().ShouldBe("a[1-2]");
    }

    [Fact]
    public void A_second_result_of_a_host_is_refused()
    {
        var fold = new OutputFold<int>();
        fold.TryAdd("a", 0, "x"u8).ShouldBeTrue();
        fold.TryAdd("a", 0, "y"u8).ShouldBeFalse();
        fold.Snapshot().Single().Text.ShouldBe("x");
    }

    [Fact]
    public void Memory_grows_with_distinct_outputs_not_with_hosts()
    {
        var fold = new OutputFold<int>();
        var content = new byte[64 * 1024];
        for (var i = 0; i < 1_000; i++)
        {
            content[0] = (byte)(i % 3);
            fold.TryAdd($"n{i}", 0, content);
        }

        fold.GroupCount.ShouldBe(3);
        fold.RetainedBytes.ShouldBe(3 * content.Length);
    }

    [Fact]
    public void Similar_outputs_fold_over_host_names_and_numbers()
    {
        var fold = new OutputFold<int>(Likeness.Similar);
        for (var i = 1; i <= 1_000; i++)
            Add(fold, $"web{i}.example.com", 0, $"WEB{i}.example.com up {i * 7} days\nhost=web{i}  free {i,6} MB\n");
        Add(fold, "db1", 0, "db1 up 3 days\nhost=db1 free 1 MB\n");
        Add(fold, "db2", 0, "db1 down 3 days\nhost=db2 free 1 MB\n");

        var groups = fold.Snapshot();
        groups.Select(g => (g.Hosts.ToString(), g.Variants)).ShouldBe([("db1,web[1-1000].example.com", 1_001), ("db2", 1)]);
        groups[0].Representative.ShouldBe("web1.example.com");
    }

    [Theory]
    [InlineData("web1", "web1 web10 myweb1 web1.", "@ web# myweb# @.")]
    [InlineData("web1.fra", "web1.fra web1 web1.ams", "@ @ @.ams")]
    [InlineData("a", "a cat, A!", "@ cat, @!")]
    [InlineData("10.0.0.1", "10.0.0.1 has 10 files", "@ has # files")]
    [InlineData("x", "100%  used #1 a@b", "#% used ### a@@b")]
    public void Only_whole_names_and_digits_are_rewritten(string host, string output, string normal) =>
        Encoding.UTF8.GetString(OutputNormalizer.Normalize(host, Encoding.UTF8.GetBytes(output))).ShouldBe(normal);

    [Fact]
    public void Folding_agrees_with_grouping_by_content_whatever_the_order() =>
        Prop.ForAll(Gen.Elements("", "a", "b", "a\n").Zip(Gen.Choose(0, 1)).ArrayOf().ToArbitrary(), results =>
        {
            var (forward, backward) = (new OutputFold<int>(), new OutputFold<int>());
            for (var i = 0; i < results.Length; i++)
            {
                Add(forward, $"n{i}", results[i].Item2, results[i].Item1);
                Add(backward, $"n{results.Length - 1 - i}", results[^(i + 1)].Item2, results[^(i + 1)].Item1);
            }

            var expected = results.Select((r, i) => (r, Host: $"n{i}")).GroupBy(x => x.r).ToDictionary(g => g.Key, g => g.Select(x => x.Host).ToHashSet());
            var groups = forward.Snapshot();
            return groups.Count == expected.Count
                && groups.All(g => expected[(g.Text, g.Key)].SetEquals(g.Hosts.Names))
                && groups.Select(g => (g.Hosts, g.Key, g.Text)).SequenceEqual(backward.Snapshot().Select(g => (g.Hosts, g.Key, g.Text)));
        }).QuickCheckThrowOnFailure();

    internal static void Add(OutputFold<int> fold, string host, int key, string output) =>
        fold.TryAdd(host, key, Encoding.UTF8.GetBytes(output)).ShouldBeTrue();
}
