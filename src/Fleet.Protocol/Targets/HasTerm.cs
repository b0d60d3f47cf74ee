using System.Text;

namespace Fleet.Protocol.Targets;

/// <summary>A label or fact that is there, whatever its value: <c>has gpu</c>, <c>gpu=*</c>.</summary>
internal sealed record HasTerm(TargetKey Key) : TargetTerm
{
    public override bool Matches(ITargetSubject subject) => Key.TryGetValue(subject, out _, out _);

    public override TargetExplanation Explain(ITargetSubject subject) => Leaf(subject, Key.Describe(subject));

    public override void Write(StringBuilder text) => text.Append("has ").Append(Key);
}
