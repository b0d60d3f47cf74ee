using System.Text;
using Fleet.Protocol.NodeSets;

namespace Fleet.Protocol.Targets;

/// <summary>Terms joined by <c>or</c>. Never one inside another: a long chain is one wide node, not a deep tree.</summary>
internal sealed record AnyOfTerm(Sequence<TargetTerm> Terms) : TargetTerm
{
    public static TargetTerm Of(IReadOnlyList<TargetTerm> terms) => terms.Count == 1
        ? terms[0]
        : new AnyOfTerm(new Sequence<TargetTerm>(terms.SelectMany(term => term is AnyOfTerm any ? any.Terms.AsEnumerable() : [term])));

    public override bool Matches(ITargetSubject subject)
    {
        foreach (var term in Terms)
        {
            if (term.Matches(subject))
                return true;
        }

        return false;
    }

    public override TargetExplanation Explain(ITargetSubject subject) =>
        new(Matches(subject), "any of", "", [.. Terms.Select(term => term.Explain(subject))]);

    public override void Write(StringBuilder text)
    {
        for (var i = 0; i < Terms.Count; i++)
        {
            text.Append(i == 0 ? "" : " or ");
            Terms[i].Write(text);
        }
    }

    public override IEnumerable<string> NamedHosts(bool isPositive) => Terms.SelectMany(term => term.NamedHosts(isPositive));

    public override NodeSet? AsExactNames()
    {
        var names = Terms.Select(term => term.AsExactNames()).ToArray();
        return Array.TrueForAll(names, set => set is not null) ? NodeSet.Of(names.SelectMany(set => set!)) : null;
    }
}
