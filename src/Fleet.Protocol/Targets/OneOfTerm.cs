using System.Text;

namespace Fleet.Protocol.Targets;

/// <summary>A label or fact that has one of several values: <c>role in (web,db*)</c>.</summary>
internal sealed record OneOfTerm(TargetKey Key, Sequence<ValuePattern> Values) : TargetTerm
{
    public override bool Matches(ITargetSubject subject)
    {
        if (!Key.TryGetValue(subject, out var value, out _))
            return false;

        foreach (var pattern in Values)
        {
            if (pattern.IsMatch(value))
                return true;
        }

        return false;
    }

    public override TargetExplanation Explain(ITargetSubject subject) => Leaf(subject, Key.Describe(subject));

    public override void Write(StringBuilder text) => text.Append(Key).Append(" in (").AppendJoin(',', Values).Append(')');
}
