using System.Text;

namespace Fleet.Protocol.Targets;

/// <summary>A label or fact against a value: <c>role=web</c>, <c>cpus>=8</c>.</summary>
/// <remarks>An absent key, or values that do not compare, make every comparison false, and <c>!=</c> true.</remarks>
internal sealed record CompareTerm(TargetKey Key, Comparison Comparison, ValuePattern Value) : TargetTerm
{
    public override bool Matches(ITargetSubject subject)
    {
        var isPresent = Key.TryGetValue(subject, out var value, out _);
        return Comparison switch
        {
            Comparison.Equal => isPresent && Value.IsMatch(value),
            Comparison.NotEqual => !isPresent || !Value.IsMatch(value),
            _ => isPresent && ValueOrder.Compare(value, Value.Text) is { } order && Holds(order),
        };
    }

    public override TargetExplanation Explain(ITargetSubject subject)
    {
        var actual = Key.Describe(subject);
        if (IsOrdering && Key.TryGetValue(subject, out var value, out _) && ValueOrder.Compare(value, Value.Text) is null)
            actual += $", which does not compare with '{Value.Text}'";
        return Leaf(subject, actual);
    }

    public override void Write(StringBuilder text) => text.Append(Key).Append(Symbol).Append(Value);

    private bool IsOrdering => Comparison is not (Comparison.Equal or Comparison.NotEqual);

    private string Symbol => Comparison switch
    {
        Comparison.Equal => "=",
        Comparison.NotEqual => "!=",
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Greater => ">",
        _ => ">=",
    };

    private bool Holds(int order) => Comparison switch
    {
        Comparison.Less => order < 0,
        Comparison.LessOrEqual => order <= 0,
        Comparison.Greater => order > 0,
        _ => order >= 0,
    };
}
