using Fleet.Protocol.Folding;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Protocol.Tests.Folding;

public sealed class LineDiffTests
{
    [Theory]
    [InlineData("a\nb\nc\n", "a\nb\nc", "=a =b =c")]
    [InlineData("a\nb\nc", "a\nx\nc", "=a -b +x =c")]
    [InlineData("", "a\nb", "+a +b")]
    [InlineData("a\nb", "", "-a -b")]
    [InlineData("a\nb\nc\nd", "b\nc\ne\nd", "-a =b =c +e =d")]
    [InlineData("a\r\nb\r\n", "a\nb\n", "=a =b")]
    [InlineData("a\na\na", "a\na", "=a =a -a")]
    public void A_difference_names_removed_and_added_lines(string a, string b, string expected) =>
        string.Join(' ', LineDiff.Between(a, b).Lines.Select(Show)).ShouldBe(expected);

    [Fact]
    public void Both_sides_can_be_read_back_and_the_difference_is_the_shortest() =>
        Prop.ForAll(Gen.Elements("a", "b", "c").ArrayOf().Two().ToArbitrary(), texts =>
        {
            var diff = LineDiff.Between(string.Join('\n', texts.First), string.Join('\n', texts.Second));
            return Side(diff, DiffKind.Removed).SequenceEqual(texts.First) && Side(diff, DiffKind.Added).SequenceEqual(texts.Second)
                && diff.Changes == texts.First.Length + texts.Second.Length - (2 * LongestCommon(texts.First, texts.Second));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact]
    public void Context_hides_what_did_not_change_and_counts_it()
    {
        var old = string.Join('\n', Enumerable.Range(1, 20));
        var diff = LineDiff.Between(old, old.Replace("10\n", "ten\n", StringComparison.Ordinal));
        diff.WithContext(1).Select(Show).ShouldBe(["~8", "=9", "-10", "+ten", "=11", "~9"]);
        diff.WithContext(int.MaxValue).Count.ShouldBe(21);
        LineDiff.Between(old, old).WithContext(3).Select(Show).ShouldBe(["~20"]);
    }

    [Fact]
    public void Texts_that_differ_throughout_are_shown_as_replaced()
    {
        var diff = LineDiff.Between(Lines("a", 20_000), Lines("b", 20_000));
        diff.IsExact.ShouldBeFalse();
        diff.Changes.ShouldBe(40_000);
    }

    [Fact]
    public void A_group_is_compared_with_the_largest()
    {
        var fold = new OutputFold<int>();
        OutputFoldTests.Add(fold, "a1", 0, "one\ntwo\n");
        OutputFoldTests.Add(fold, "a2", 0, "one\ntwo\n");
        OutputFoldTests.Add(fold, "b", 0, "one\n2\n");
        var groups = fold.Snapshot();
        groups[1].DiffAgainst(groups[0]).Lines.Select(Show).ShouldBe(["=one", "-two", "+2"]);
    }

    private static string Lines(string prefix, int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => prefix + i));

    private static IEnumerable<string> Side(LineDiff diff, DiffKind kind) =>
        diff.Lines.Where(line => line.Kind == DiffKind.Same || line.Kind == kind).Select(line => line.Text);

    private static string Show(DiffLine line) => line.Kind switch
    {
        DiffKind.Same => "=" + line.Text,
        DiffKind.Removed => "-" + line.Text,
        DiffKind.Added => "+" + line.Text,
        _ => "~" + line.Count,
    };

    private static int LongestCommon(string[] a, string[] b)
    {
        var length = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i < a.Length; i++)
        {
            for (var j = 0; j < b.Length; j++)
                length[i + 1, j + 1] = a[i] == b[j] ? length[i, j] + 1 : Math.Max(length[i, j + 1], length[i + 1, j]);
        }

        return length[a.Length, b.Length];
    }
}
