using System.Text;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Targets;

/// <summary>Why one agent is meant by a target or not, clause by clause.</summary>
/// <param name="IsMatch">Whether this clause holds.</param>
/// <param name="Clause">The clause as text; for a clause with parts, how they are joined.</param>
/// <param name="Actual">What the agent has; empty for a clause with parts.</param>
/// <param name="Parts">The clauses it is made of.</param>
public sealed record TargetExplanation(bool IsMatch, string Clause, string Actual, IReadOnlyList<TargetExplanation> Parts)
{
    private const int LongestClause = 80;

    /// <summary>A line a clause, parts indented under the clause they belong to.</summary>
    public string Render()
    {
        var text = new StringBuilder();
        Append(text, 0);
        return text.ToString().TrimEnd('\n');
    }

    private void Append(StringBuilder text, int depth)
    {
        text.Append(IsMatch ? "yes  " : "no   ").Append(' ', depth * 2).Append(Shown(Clause));
        if (Actual.Length > 0)
            text.Append("  (").Append(Shown(Actual)).Append(')');
        text.Append('\n');
        foreach (var part in Parts)
            part.Append(text, depth + 1);
    }

    // Values come from agents: what they hold must not steer the operator's terminal.
    private static string Shown(string text) =>
        ParseError.Printable(text.Length <= LongestClause ? text : text[..LongestClause] + "...");
}
