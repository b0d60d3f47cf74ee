using System.Text;
using Fleet.Protocol.NodeSets;

namespace Fleet.Protocol.Targets;

/// <summary>One node of a parsed target. Its text is canonical: parsing it gives an equal term.</summary>
internal abstract record TargetTerm
{
    public abstract bool Matches(ITargetSubject subject);

    public abstract TargetExplanation Explain(ITargetSubject subject);

    public abstract void Write(StringBuilder text);

    /// <summary>Whole names mentioned under an even number of negations.</summary>
    public virtual IEnumerable<string> NamedHosts(bool isPositive) => [];

    /// <summary>The names, where the term is nothing but names.</summary>
    public virtual NodeSet? AsExactNames() => null;

    public sealed override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    protected TargetExplanation Leaf(ITargetSubject subject, string actual) => new(Matches(subject), ToString(), actual, []);
}
