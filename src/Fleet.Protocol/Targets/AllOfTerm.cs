using System.Text;

namespace Fleet.Protocol.Targets;

/// <summary>Terms joined by <c>and</c>. Never one inside another: a long chain is one wide node, not a deep tree.</summary>
internal sealed record AllOfTerm(Sequence<TargetTerm> Terms) : TargetTerm
{
    public static TargetTerm Of(IReadOnlyList<TargetTerm> terms) => terms.Count == 1
        ? terms[0]
        : new AllOfTerm(new Sequence<TargetTerm>(terms.SelectMany(term => term is AllOfTerm all ? all.Terms.AsEnumerable() : [term])));

    public override bool Matches(ITargetSubject subject)
    {
        foreach (var term in Terms)
        {
            if (!term.Matches(subject))
                return false;
        }

        return true;
    }

    public override TargetExplanation Explain(ITargetSubject subject) =>
        new(Matches(subject), "all of", "", [.. Terms.Select(term => term.Explain(subject))]);

    public override void Write(StringBuilder text)
    {
        for (var i = 0; i < Terms.Count; i++)
        {
            text.Append(i == 0 ? "" : " and ");
            if (Terms[i] is AnyOfTerm)
                text.Append('(').Append(Terms[i]).Append(')');
            else
                Terms[i].Write(text);
        }
    }

    public override IEnumerable<string> NamedHosts(bool isPositive) => Terms.SelectMany(term => term.NamedHosts(isPositive));
}
