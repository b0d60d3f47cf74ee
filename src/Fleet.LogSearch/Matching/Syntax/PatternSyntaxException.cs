namespace Fleet.LogSearch.Matching.Syntax;

/// <summary>A pattern says something that cannot be understood.</summary>
internal sealed class PatternSyntaxException(string message, int offset) : FormatException(message)
{
    /// <summary>At this character of the pattern.</summary>
    public int Offset { get; } = offset;
}
