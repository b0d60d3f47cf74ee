namespace Fleet.Protocol.NodeSets;

/// <summary>Disjoint boxes over the same rows, joined where they agree on every column but one.</summary>
internal sealed class BoxSet
{
    private readonly string[] _constant;
    private readonly List<int> _columns;

    // Every set of numbers is known by its id, so that comparing columns compares integers.
    private readonly List<(string Text, IReadOnlyList<string> Numbers)> _sets = [];
    private readonly Dictionary<string, int> _idByText = new(StringComparer.Ordinal);
    private List<int[]> _boxes;

    public BoxSet(List<string[]> rows, List<int> columns)
    {
        _constant = rows[0];
        _columns = columns;
        _boxes = rows.ConvertAll(row => columns.ConvertAll(column => IdOf([row[column]])).ToArray());
    }

    public void JoinAll(int firstColumn)
    {
        // Every pass that joins anything leaves fewer boxes, so this ends.
        for (var (idle, column) = (0, firstColumn); idle < _columns.Count; column = (column + _columns.Count - 1) % _columns.Count)
            idle = Join(column) ? 1 : idle + 1;
    }

    public int TextLength() => _boxes.Sum(box => _constant.Sum(n => n.Length) + box.Sum(id => _sets[id].Text.Length));

    public IEnumerable<BoxFolder.Box> Boxes() => _boxes.Select(box => new BoxFolder.Box(
        Fill(box, set => set.Numbers.Min(NaturalOrder.Comparer)!),
        Fill(box, set => set.Text)));

    private bool Join(int column)
    {
        var before = _boxes.Count;
        var groups = new Dictionary<int[], List<int>>(new OtherColumns(column));
        foreach (var box in _boxes)
        {
            if (!groups.TryGetValue(box, out var ids))
                groups.Add(box, ids = []);
            ids.Add(box[column]);
        }

        _boxes = new List<int[]>(groups.Count);
        foreach (var (box, ids) in groups)
        {
            var joined = (int[])box.Clone();
            if (ids.Count > 1)
                joined[column] = IdOf([.. ids.SelectMany(id => _sets[id].Numbers)]);
            _boxes.Add(joined);
        }

        return _boxes.Count < before;
    }

    private int IdOf(IReadOnlyList<string> numbers)
    {
        var text = NumberFolder.Fold(numbers);
        if (_idByText.TryGetValue(text, out var id))
            return id;
        _idByText.Add(text, _sets.Count);
        _sets.Add((text, numbers));
        return _sets.Count - 1;
    }

    private string[] Fill(int[] box, Func<(string Text, IReadOnlyList<string> Numbers), string> pick)
    {
        var row = (string[])_constant.Clone();
        for (var i = 0; i < box.Length; i++)
            row[_columns[i]] = pick(_sets[box[i]]);
        return row;
    }

    /// <summary>Boxes are alike when every column but one is.</summary>
    private sealed class OtherColumns(int column) : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) =>
            x!.AsSpan(0, column).SequenceEqual(y.AsSpan(0, column)) && x.AsSpan(column + 1).SequenceEqual(y.AsSpan(column + 1));

        public int GetHashCode(int[] box)
        {
            var hash = default(HashCode);
            for (var i = 0; i < box.Length; i++)
            {
                if (i != column)
                    hash.Add(box[i]);
            }

            return hash.ToHashCode();
        }
    }
}
