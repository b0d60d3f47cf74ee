using System.Text;

namespace Fleet.Protocol.Targets;

/// <summary>The agents that a term does not mean.</summary>
internal sealed record NotTerm(TargetTerm Term) : TargetTerm
{
    public override bool Matches(ITargetSubject subject) => !Term.Matches(subject);

    public override TargetExplanation Explain(ITargetSubject subject) =>
        new(Matches(subject), "not", "", [Term.Explain(subject)]);

    public override void Write(StringBuilder text)
    {
        text.Append("not ");
        if (Term is AllOfTerm or AnyOfTerm)
            text.Append('(').Append(Term).Append(')');
        else
            Term.Write(text);
    }

    public override IEnumerable<string> NamedHosts(bool isPositive) => Term.NamedHosts(!isPositive);
}
