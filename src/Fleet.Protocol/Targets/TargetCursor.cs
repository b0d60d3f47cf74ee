using Fleet.Protocol.NodeSets;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Targets;

/// <summary>A place in the text of a target, and what stands there.</summary>
internal sealed class TargetCursor(string text)
{
    // Longer ones first, so that '<=' is not read as '<'.
    private static readonly string[] s_operators = ["=~", "!~", "==", "!=", "<=", ">=", "=", "<", ">"];

    public string Text => text;

    public int Position { get; set; }

    public bool IsAtEnd => Position == text.Length;

    /// <summary>The character here, or NUL at the end.</summary>
    public char Current => IsAtEnd ? '\0' : text[Position];

    public void SkipSpace()
    {
        while (!IsAtEnd && char.IsWhiteSpace(text[Position]))
            Position++;
    }

    public bool TryRead(string symbol)
    {
        if (string.CompareOrdinal(text, Position, symbol, 0, symbol.Length) != 0)
            return false;
        Position += symbol.Length;
        return true;
    }

    /// <summary>Reads a '!' that is not the beginning of an operator.</summary>
    public bool TryReadNegation() => PeekOperator().Length == 0 && TryRead("!");

    /// <summary>Reads the keyword where it stands as a word of its own, after white space.</summary>
    public bool TryReadKeyword(string keyword)
    {
        SkipSpace();
        if (!PeekWord().Equals(keyword, StringComparison.OrdinalIgnoreCase) || IsWordOpenEnded())
            return false;
        Position += keyword.Length;
        return true;
    }

    public string PeekWord() => text[Position..WordEnd()];

    /// <summary>Whether the word here goes on as a glob or a node set: <c>or[1-2]</c> and <c>not*</c> are names.</summary>
    public bool IsWordOpenEnded()
    {
        var end = WordEnd();
        return end < text.Length && (text[end] == '[' || NodeSetSyntax.IsGlobChar(text[end]));
    }

    public string ReadWord()
    {
        var word = PeekWord();
        Position += word.Length;
        return word;
    }

    /// <summary>The comparison operator here, or an empty text.</summary>
    public string PeekOperator()
    {
        foreach (var symbol in s_operators)
        {
            if (string.CompareOrdinal(text, Position, symbol, 0, symbol.Length) == 0)
                return symbol;
        }

        return "";
    }

    public FleetFormatException Fail(string message, string hint) => FailAt(Position, message, hint);

    public FleetFormatException FailAt(int index, string message, string hint) =>
        new(text, new ParseError(Math.Min(index, text.Length) + 1, message, hint));

    private int WordEnd()
    {
        var end = Position;
        while (end < text.Length && NodeSetSyntax.IsNameChar(text[end]))
            end++;
        return end;
    }
}
