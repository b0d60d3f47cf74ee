using System.Text;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.NodeSets;

/// <summary>Reads the items of a node set from a place in a text and expands them within a budget.</summary>
/// <remarks>Sizes are checked before anything is expanded: a short hostile text costs as little as it is short.</remarks>
internal sealed class NodeSetReader(string text, int position, ExpansionBudget budget, bool allowGlobs)
{
    public int Position { get; private set; } = position;

    /// <summary>Reads items up to the end of the text; commas or white space stand between them.</summary>
    public void ReadAll(ISet<string> names)
    {
        SkipSpace();
        while (Position < text.Length)
        {
            ReadItem(names);
            SkipSpace();
            if (Position == text.Length || text[Position] != ',')
                continue;

            Position++;
            SkipSpace();
            if (Position == text.Length)
                throw Fail(Position, "a name must follow the comma", "remove the last comma");
        }
    }

    /// <summary>Reads one name, quoted name or bracketed pattern and adds what it stands for.</summary>
    public void ReadItem(ISet<string> names)
    {
        var start = Position;
        if (Position < text.Length && QuotedText.IsQuote(text[Position]))
        {
            ReadQuoted(names);
            return;
        }

        var pattern = ReadPattern(start);
        if (pattern.Count == 0)
            throw Unexpected();
        CheckSize(pattern, start);
        Expand(pattern, names);
    }

    private void ReadQuoted(ISet<string> names)
    {
        var start = Position;
        var place = Position;
        var name = QuotedText.Read(text, ref place);
        Position = place;
        if (name.Length is 0 or > NodeSet.LongestName)
            throw Fail(start, $"a name has 1 to {NodeSet.LongestName} characters", "");
        if (!budget.TrySpend(1))
            throw TooMany(start);
        names.Add(name);
    }

    // Each part is the list of texts that may stand in its place; plain text is a list of one.
    private List<string[]> ReadPattern(int start)
    {
        var parts = new List<string[]>();
        var literal = new StringBuilder();
        long count = 1;
        while (Position < text.Length)
        {
            var c = text[Position];
            if (NodeSetSyntax.IsNameChar(c) || (allowGlobs && NodeSetSyntax.IsGlobChar(c)))
            {
                literal.Append(c);
                Position++;
                continue;
            }

            if (c != '[')
                break;
            var values = new BracketReader(text, Position, budget).Read(out var after);
            Position = after;
            if (values.Length == 1)
            {
                literal.Append(values[0]);
                continue;
            }

            count *= values.Length;
            if (!budget.Allows(count))
                throw TooMany(start);
            Flush(literal, parts);
            parts.Add(values);
        }

        Flush(literal, parts);
        return parts;
    }

    private static void Flush(StringBuilder literal, List<string[]> parts)
    {
        if (literal.Length > 0)
            parts.Add([literal.ToString()]);
        literal.Clear();
    }

    private void CheckSize(List<string[]> parts, int start)
    {
        if (parts.Sum(part => (long)part.Max(value => value.Length)) > NodeSet.LongestName)
            throw Fail(start, $"the name is longer than {NodeSet.LongestName} characters", "");
        if (!budget.TrySpend(parts.Aggregate(1L, (product, part) => product * part.Length)))
            throw TooMany(start);
    }

    private static void Expand(List<string[]> parts, ISet<string> names)
    {
        var total = parts.Aggregate(1, (product, part) => product * part.Length);
        var name = new StringBuilder();
        for (var i = 0; i < total; i++)
        {
            name.Clear();
            var (rest, weight) = (i, total);
            foreach (var part in parts)
            {
                weight /= part.Length;
                name.Append(part[rest / weight]);
                rest %= weight;
            }

            names.Add(name.ToString());
        }
    }

    private void SkipSpace()
    {
        while (Position < text.Length && char.IsWhiteSpace(text[Position]))
            Position++;
    }

    private FleetFormatException Unexpected()
    {
        if (Position == text.Length)
            return Fail(Position, "expected a name", "");
        return text[Position] switch
        {
            ',' => Fail(Position, "a name is missing before this comma", "remove the comma"),
            ']' => Fail(Position, "this ']' was never opened", "add '[' or remove it"),
            '*' or '?' => Fail(Position, "a node set cannot contain globs", "write the names out, or use a target"),
            var c => Fail(Position, $"'{ParseError.Printable(c.ToString())}' cannot stand in a name", "put unusual names in double quotes"),
        };
    }

    private FleetFormatException TooMany(int index) => BracketReader.TooMany(text, index, budget);

    private FleetFormatException Fail(int index, string message, string hint) =>
        new(text, new ParseError(index + 1, message, hint));
}
