namespace Fleet.Protocol.NodeSets;

/// <summary>Which characters mean what in the text of a node set.</summary>
internal static class NodeSetSyntax
{
    /// <summary>Whether a character may stand in a name without quotes.</summary>
    public static bool IsNameChar(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or ':' or '/' or '@' or '+' || (c > 127 && char.IsLetter(c));

    public static bool IsGlobChar(char c) => c is '*' or '?';

    /// <summary>Whether a name must be quoted to be read back as itself.</summary>
    public static bool NeedsQuotes(string name)
    {
        foreach (var c in name)
        {
            if (!IsNameChar(c))
                return true;
        }

        return false;
    }
}
