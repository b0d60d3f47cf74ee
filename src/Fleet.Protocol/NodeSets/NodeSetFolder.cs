using System.Text;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.NodeSets;

/// <summary>Writes names as the shortest node set it finds: names alike but for their numbers share one bracketed item.</summary>
internal static class NodeSetFolder
{
    // Stands for a number in the pattern of a name; no name that is split holds it.
    private const char Number = '\0';

    // Longer runs of digits (serial numbers, hashes) are text: they would not fit a long.
    private const int MostDigits = BracketReader.MostDigits;

    /// <param name="names">Distinct names.</param>
    /// <param name="needsQuotes">Which names the surrounding syntax would misread.</param>
    public static string Fold(IReadOnlyList<string> names, Func<string, bool> needsQuotes)
    {
        var items = new List<(string FirstName, string Text)>();
        var families = new Dictionary<string, List<string[]>>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (needsQuotes(name))
            {
                items.Add((name, QuotedText.Quote(name)));
                continue;
            }

            var (pattern, numbers) = Split(name);
            if (!families.TryGetValue(pattern, out var rows))
                families.Add(pattern, rows = []);
            rows.Add(numbers);
        }

        foreach (var (pattern, rows) in families)
            items.AddRange(FoldFamily(pattern, rows));
        items.Sort(static (a, b) => NaturalOrder.Comparer.Compare(a.FirstName, b.FirstName));
        return string.Join(',', items.Select(item => item.Text));
    }

    private static IEnumerable<(string FirstName, string Text)> FoldFamily(string pattern, List<string[]> rows)
    {
        if (rows.Count == 1)
        {
            var name = Join(pattern, rows[0]);
            return [(name, name)];
        }

        return BoxFolder.Fold(rows).Select(box => (Join(pattern, box.FirstRow), Join(pattern, box.Brackets)));
    }

    private static (string Pattern, string[] Numbers) Split(string name)
    {
        var pattern = new StringBuilder(name.Length);
        var numbers = new List<string>();
        for (var i = 0; i < name.Length;)
        {
            var start = i;
            while (i < name.Length && char.IsAsciiDigit(name[i]))
                i++;
            if (i - start is > 0 and <= MostDigits)
            {
                numbers.Add(name[start..i]);
                pattern.Append(Number);
                continue;
            }

            if (i == start)
                i++;
            pattern.Append(name, start, i - start);
        }

        return (pattern.ToString(), [.. numbers]);
    }

    private static string Join(string pattern, string[] numbers)
    {
        var text = new StringBuilder(pattern.Length + (numbers.Length * 4));
        var next = 0;
        foreach (var c in pattern)
        {
            if (c == Number)
                text.Append(numbers[next++]);
            else
                text.Append(c);
        }

        return text.ToString();
    }
}
