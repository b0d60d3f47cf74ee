namespace Fleet.LogSearch.Matching.Syntax;

/// <summary>What a part of a pattern is.</summary>
internal enum TokenKind
{
    /// <summary>One character out of a set.</summary>
    Set,

    /// <summary>Opens a group that only groups or captures.</summary>
    Open,

    /// <summary>Closes a group.</summary>
    Close,

    /// <summary><c>|</c></summary>
    Alternate,

    /// <summary>How often what stands before it is repeated.</summary>
    Quantifier,

    /// <summary><c>^</c></summary>
    LineStart,

    /// <summary><c>$</c></summary>
    LineEnd,

    /// <summary><c>\b</c> or <c>\B</c></summary>
    WordEdge,

    /// <summary>Means nothing: a comment, blanks where they do not count.</summary>
    Nothing,

    /// <summary>Anything else; it is left to the expression engine.</summary>
    Other,
}

/// <summary>A part of a pattern.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it stands in the pattern.</param>
/// <param name="Text">As it is written, but for sets.</param>
/// <param name="Set">Of a set: which.</param>
/// <param name="Least">Of a quantifier: at least so often.</param>
/// <param name="Most">Of a quantifier: at most so often.</param>
internal readonly record struct PatternToken(TokenKind Kind, int Start, string Text, CharacterSet? Set = null, int Least = 0, int Most = 0);
