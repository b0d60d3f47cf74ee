namespace Fleet.Protocol.NodeSets;

/// <summary>Disjoint boxes over the same rows, joined where they agree on every column but one.</summary>
internal sealed class BoxSet
{
    private readonly string[] _constant;
    private readonly List<int> _columns;
    private readonly NumberSets _sets;
    private readonly List<int[]> _boxes;

    /// <summary>One box a row.</summary>
    public BoxSet(List<string[]> rows, List<int> columns)
    {
        _constant = rows[0];
        _columns = columns;
        _sets = new NumberSets();
        _boxes = rows.ConvertAll(row => columns.ConvertAll(column => _sets.IdOf(row[column])).ToArray());
    }

    private BoxSet(BoxSet origin, List<int[]> boxes) =>
        (_constant, _columns, _sets, _boxes) = (origin._constant, origin._columns, origin._sets, boxes);

    public int TextLength => _boxes.Sum(box => _constant.Sum(n => n.Length) + box.Sum(id => _sets.TextOf(id).Length));

    /// <summary>Joins column after column, to the left, until nothing joins. This set stays as it is.</summary>
    public BoxSet JoinAll(int firstColumn)
    {
        var boxes = _boxes;
        // Every pass that joins anything leaves fewer boxes, so this ends.
        for (var (idle, column) = (0, firstColumn); idle < _columns.Count; column = (column + _columns.Count - 1) % _columns.Count)
        {
            var joined = Join(boxes, column);
            idle = joined.Count < boxes.Count ? 1 : idle + 1;
            boxes = joined;
        }

        return new BoxSet(this, boxes);
    }

    public IEnumerable<BoxFolder.Box> Boxes() => _boxes.Select(box => new BoxFolder.Box(
        Fill(box, id => _sets.NumbersOf(id).Min(NaturalOrder.Comparer)!),
        Fill(box, _sets.TextOf)));

    private List<int[]> Join(List<int[]> boxes, int column)
    {
        var groups = new Dictionary<int[], List<int>>(boxes.Count, new OtherColumns(column));
        foreach (var box in boxes)
        {
            if (!groups.TryGetValue(box, out var ids))
                groups.Add(box, ids = []);
            ids.Add(box[column]);
        }

        if (groups.Count == boxes.Count)
            return boxes;

        var joined = new List<int[]>(groups.Count);
        foreach (var (box, ids) in groups)
        {
            var union = (int[])box.Clone();
            if (ids.Count > 1)
                union[column] = _sets.IdOf(ids);
            joined.Add(union);
        }

        return joined;
    }

    private string[] Fill(int[] box, Func<int, string> pick)
    {
        var row = (string[])_constant.Clone();
        for (var i = 0; i < box.Length; i++)
            row[_columns[i]] = pick(box[i]);
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
