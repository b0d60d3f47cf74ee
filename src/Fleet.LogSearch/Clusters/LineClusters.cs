namespace Fleet.LogSearch.Clusters;

/// <summary>Folds lines into templates as they come, in bounded memory.</summary>
/// <remarks>
/// After the idea of Drain (He et al., ICWS 2017): lines are compared only with templates of the same number of words; words with a digit
/// count as variable from the start; a line joins the template with which it shares most of the fixed words, and what differs becomes variable.
/// </remarks>
public sealed class LineClusters
{
    private const string Variable = "<*>";
    private const double Alike = 0.6;
    private const int MostWords = 80;
    private const int LongestLine = 2048;

    private readonly int _most;
    private readonly Dictionary<int, List<Group>> _byLength = [];
    private int _groups;
    private Group? _rest;

    /// <param name="mostClusters">The most templates kept; what fits none beyond them is counted under one of its own.</param>
    public LineClusters(int mostClusters = 500) => _most = mostClusters;

    private sealed class Group(string[] words, string example)
    {
        public string[] Words { get; } = words;

        public string Example { get; } = example;

        public long Count { get; set; }

        public DateTimeOffset? First { get; set; }

        public DateTimeOffset? Last { get; set; }

        public HashSet<string> Origins { get; } = [];
    }

    /// <summary>Adds lines.</summary>
    /// <param name="line">The text; also a template, when clusters of several hosts are folded together.</param>
    /// <param name="count">How many such lines.</param>
    /// <param name="time">When, if known.</param>
    public void Add(string line, long count = 1, DateTimeOffset? time = null) => AddTo(Find(line, line), count, time, time);

    /// <summary>Folds in a cluster from elsewhere.</summary>
    public void Add(LogCluster cluster)
    {
        Group group = Find(cluster.Template, cluster.Example);
        group.Origins.UnionWith(cluster.Origins);
        AddTo(group, cluster.Count, cluster.First, cluster.Last);
    }

    /// <summary>The clusters, most frequent first.</summary>
    public IReadOnlyList<LogCluster> Snapshot()
    {
        IEnumerable<Group> groups = _byLength.Values.SelectMany(list => list);
        return (_rest is null ? groups : groups.Append(_rest))
            .OrderByDescending(group => group.Count).ThenBy(group => group.Example, StringComparer.Ordinal)
            .Select(group => new LogCluster(string.Join(' ', group.Words), group.Count, group.Example, group.First, group.Last) { Origins = group.Origins })
            .ToArray();
    }

    private Group Find(string line, string example)
    {
        string[] words = Words(line);
        if (!_byLength.TryGetValue(words.Length, out List<Group>? candidates))
        {
            _byLength[words.Length] = candidates = [];
        }

        Group? best = null;
        double most = 0;
        foreach (Group candidate in candidates)
        {
            double likeness = Likeness(candidate.Words, words);
            (best, most) = likeness > most ? (candidate, likeness) : (best, most);
        }

        if (best is not null && most >= Alike)
        {
            Widen(best.Words, words);
            return best;
        }

        if (_groups >= _most)
        {
            return _rest ??= new Group(["(other", "lines)"], Cut(example));
        }

        _groups++;
        var group = new Group(words, Cut(example));
        candidates.Add(group);
        return group;
    }

    private static void AddTo(Group group, long count, DateTimeOffset? first, DateTimeOffset? last)
    {
        group.Count += count;
        group.First = group.First is null || first < group.First ? first ?? group.First : group.First;
        group.Last = group.Last is null || last > group.Last ? last ?? group.Last : group.Last;
    }

    /// <summary>The share of the fixed words that are the same; a template without any fits whatever is as long.</summary>
    private static double Likeness(string[] template, string[] words)
    {
        int fixedWords = 0, same = 0;
        for (int i = 0; i < template.Length; i++)
        {
            if (template[i] != Variable || words[i] != Variable)
            {
                fixedWords++;
                same += template[i] == words[i] || template[i] == Variable ? 1 : 0;
            }
        }

        return fixedWords == 0 ? 1 : (double)same / fixedWords;
    }

    private static void Widen(string[] template, string[] words)
    {
        for (int i = 0; i < template.Length; i++)
        {
            template[i] = template[i] == words[i] ? template[i] : Variable;
        }
    }

    private static string[] Words(string line)
    {
        string[] words = Cut(line).Split(' ', MostWords, StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = Mask(words[i]);
        }

        return words;
    }

    /// <summary>A word with a digit is variable; of <c>key=value</c> and <c>name[pid]:</c> only the part behind.</summary>
    private static string Mask(string word)
    {
        int digit = word.AsSpan().IndexOfAnyInRange('0', '9');
        if (digit < 0)
        {
            return word;
        }

        int sign = word.AsSpan(0, digit).LastIndexOfAny('=', '[');
        return sign > 0 ? string.Concat(word.AsSpan(0, sign + 1), Variable) : Variable;
    }

    private static string Cut(string line) => line.Length <= LongestLine ? line : line[..LongestLine];
}
