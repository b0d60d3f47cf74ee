namespace Fleet.Protocol.Text;

/// <summary>The word that was probably meant.</summary>
public static class NearestWord
{
    /// <summary>The known word that is most like the one given; null where none is like it.</summary>
    public static string? Find(string word, IReadOnlyCollection<string> known)
    {
        var (best, distance) = known.Select(candidate => (candidate, Distance(word, candidate))).MinBy(pair => pair.Item2);
        return best is not null && distance <= Math.Max(1, best.Length / 3) ? best : null;
    }

    /// <summary>How many letters must be put in, taken out, changed or exchanged with their neighbor (optimal string alignment).</summary>
    public static int Distance(string from, string to)
    {
        var rows = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var change = rows[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(change, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[from.Length, to.Length];
    }
}
