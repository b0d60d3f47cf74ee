using System.Text;
using Fleet.Protocol.NodeSets;

namespace Fleet.Protocol.Targets;

/// <summary>Agents by name: whole names and globs, in lower case.</summary>
internal sealed record NamesTerm(NodeSet Names, Sequence<string> Globs) : TargetTerm
{
    public static NamesTerm Of(IEnumerable<string> names, IEnumerable<string> globs) => new(
        NodeSet.Of(names.Select(name => name.ToLowerInvariant())),
        new(globs.Select(glob => glob.ToLowerInvariant()).Distinct().Order(NaturalOrder.Comparer)));

    public override bool Matches(ITargetSubject subject)
    {
        if (Names.Contains(subject.Name.ToLowerInvariant()))
            return true;

        foreach (var glob in Globs)
        {
            if (Glob.IsMatch(glob, subject.Name))
                return true;
        }

        return false;
    }

    public override TargetExplanation Explain(ITargetSubject subject) => Leaf(subject, $"name is '{subject.Name}'");

    public override void Write(StringBuilder text)
    {
        text.Append(NodeSetFolder.Fold(Names.Names, name => NodeSetSyntax.NeedsQuotes(name) || Keyword.IsKeyword(name)));
        text.Append(Names.Count > 0 && Globs.Count > 0 ? "," : "");
        // Read from unquoted text, so every character may stand unquoted again.
        text.Append(NodeSetFolder.Fold(Globs, needsQuotes: _ => false));
    }

    public override IEnumerable<string> NamedHosts(bool isPositive) => isPositive ? Names : [];

    public override NodeSet? AsExactNames() => Globs.Count == 0 ? Names : null;
}
