using Fleet.Protocol.NodeSets;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Protocol.Tests.NodeSets;

public sealed class NodeSetPropertyTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(500);

    [Fact]
    public void Parsing_a_folded_set_gives_the_set_back() =>
        Prop.ForAll(Some.NameSets().ToArbitrary(), names => NodeSet.Parse(NodeSet.Fold(names)).Names.ToHashSet().SetEquals(names))
            .Check(s_config);

    [Fact]
    public void Folding_is_canonical() =>
        Prop.ForAll(Some.NameSets().ToArbitrary(), names =>
        {
            var text = NodeSet.Fold(names);
            return NodeSet.Fold(NodeSet.Parse(text).Names) == text && NodeSet.Fold(names.Reverse()) == text;
        }).Check(s_config);

    [Fact]
    public void Folding_never_writes_more_than_the_names() =>
        Prop.ForAll(Some.PlainNames().Select(name => "node-" + name).ArrayOf().ToArbitrary(), names =>
        {
            var distinct = names.Distinct().ToArray();
            return NodeSet.Fold(distinct).Length <= string.Join(',', distinct).Length;
        }).Check(s_config);

    [Fact]
    public void The_natural_order_is_a_total_order() =>
        Prop.ForAll(Some.Names().Three().ToArbitrary(), names =>
        {
            var (a, b, c) = names;
            var order = NaturalOrder.Comparer;
            var isAntisymmetric = Math.Sign(order.Compare(a, b)) == -Math.Sign(order.Compare(b, a));
            var isTransitive = !(order.Compare(a, b) <= 0 && order.Compare(b, c) <= 0) || order.Compare(a, c) <= 0;
            return isAntisymmetric && isTransitive && (order.Compare(a, b) == 0) == (a == b);
        }).Check(s_config.WithMaxTest(2_000));

    [Fact]
    public void Any_text_is_parsed_or_refused_with_a_place() =>
        Prop.ForAll(Some.Garbage("web[001-3,5/]\"' \\u0041*?x,").ToArbitrary(), text =>
        {
            if (NodeSet.TryParse(text, out var set, out var error, limit: 1_000))
                return set.Count <= 1_000;
            error!.Render(text).ShouldContain("^ ");
            return error.Column >= 1 && error.Column <= text.Length + 1;
        }).Check(s_config.WithMaxTest(3_000));

    [Fact]
    public void Every_number_pattern_folds_back_whatever_its_padding() =>
        Prop.ForAll(Gen.Choose(0, 120).SelectMany(n => Gen.Choose(1, 4).Select(w => n.ToString().PadLeft(w, '0'))).ListOf().ToArbitrary(), digits =>
        {
            var names = digits.Select(d => "n" + d).ToHashSet();
            return NodeSet.Parse(NodeSet.Fold(names)).Names.ToHashSet().SetEquals(names);
        }).Check(s_config);
}
