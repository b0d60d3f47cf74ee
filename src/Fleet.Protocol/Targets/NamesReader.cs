using Fleet.Protocol.NodeSets;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Targets;

/// <summary>Reads comma lists of names, globs and node sets. All lists of one target share its budgets.</summary>
internal sealed class NamesReader(string text)
{
    private readonly ExpansionBudget _budget = new(NodeSet.DefaultLimit);
    private int _globsLeft = Target.MostGlobs;

    public NamesTerm Read(TargetCursor cursor)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var globs = new HashSet<string>(StringComparer.Ordinal);
        do
        {
            cursor.SkipSpace();
            ReadItem(cursor, names, globs);
            cursor.SkipSpace();
        } while (cursor.TryRead(","));

        return NamesTerm.Of(names, globs);
    }

    private void ReadItem(TargetCursor cursor, HashSet<string> names, HashSet<string> globs)
    {
        CheckStart(cursor);
        var start = cursor.Position;
        var isQuoted = QuotedText.IsQuote(cursor.Current);
        var reader = new NodeSetReader(text, start, _budget, allowGlobs: true);
        var item = new HashSet<string>(StringComparer.Ordinal);
        reader.ReadItem(item);
        cursor.Position = reader.Position;

        // One item is all names or all globs: brackets only ever add digits.
        if (isQuoted || !Glob.IsGlob(item.First()))
        {
            names.UnionWith(item);
            return;
        }

        globs.UnionWith(item);
        _globsLeft -= item.Count;
        if (_globsLeft < 0)
            throw cursor.FailAt(start, $"a target has at most {Target.MostGlobs} globs", "use a wider glob or a label");
    }

    private static void CheckStart(TargetCursor cursor)
    {
        if (cursor.IsAtEnd)
            throw cursor.Fail("expected a name or a comparison", "");
        if (Keyword.IsKeyword(cursor.PeekWord()) && !cursor.IsWordOpenEnded())
            throw cursor.Fail($"expected a name before '{cursor.PeekWord()}'", $"quote it if it is a name: \"{cursor.PeekWord()}\"");
        if (cursor.Current is '(' or ')' or '=' or '<' or '>' or '!' or '&' or '|')
            throw cursor.Fail($"expected a name or a comparison, found '{cursor.Current}'", "");
    }
}
