namespace Fleet.Protocol.Folding;

/// <summary>The difference between two texts, line by line.</summary>
/// <param name="Lines">All lines of both sides, in order.</param>
/// <param name="IsExact">False where the texts differ too much to look for the shortest difference: the middle is then shown as replaced.</param>
public sealed record LineDiff(IReadOnlyList<DiffLine> Lines, bool IsExact)
{
    /// <summary>How many lines differ.</summary>
    public int Changes => Lines.Count(line => line.Kind is DiffKind.Added or DiffKind.Removed);

    /// <summary>Compares two texts. Line ends of either kind are the same.</summary>
    public static LineDiff Between(string oldText, string newText)
    {
        var (a, b) = (Split(oldText), Split(newText));
        var head = CommonLength(a, b, (lines, i) => lines[i], Math.Min(a.Length, b.Length));
        var tail = CommonLength(a, b, (lines, i) => lines[^(i + 1)], Math.Min(a.Length, b.Length) - head);

        // Most outputs differ in a few lines: only the middle needs the search.
        var middle = MyersDiff.Find(a[head..^tail], b[head..^tail]);
        List<DiffLine> lines =
        [
            .. Same(a[..head]),
            .. middle ?? Replace(a[head..^tail], b[head..^tail]),
            .. Same(a[^tail..]),
        ];
        return new LineDiff(lines, middle is not null);
    }

    /// <summary>The changed lines with this many unchanged ones around them; the rest is counted.</summary>
    public IReadOnlyList<DiffLine> WithContext(int context)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(context);
        var isShown = new bool[Lines.Count];
        // Once from each end: a line is shown where the last change seen is near enough.
        MarkNear(isShown, context, Enumerable.Range(0, Lines.Count));
        MarkNear(isShown, context, Enumerable.Range(0, Lines.Count).Reverse());

        var shown = new List<DiffLine>();
        for (var i = 0; i < Lines.Count; i++)
        {
            if (isShown[i])
                shown.Add(Lines[i]);
            else if (shown.Count > 0 && shown[^1].Kind == DiffKind.Skipped)
                shown[^1] = shown[^1] with { Count = shown[^1].Count + 1 };
            else
                shown.Add(new DiffLine(DiffKind.Skipped, ""));
        }

        return shown;
    }

    private void MarkNear(bool[] isShown, int context, IEnumerable<int> indices)
    {
        var distance = (long)int.MaxValue;
        foreach (var i in indices)
        {
            distance = Lines[i].Kind == DiffKind.Same ? distance + 1 : 0;
            isShown[i] |= distance <= context;
        }
    }

    private static string[] Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    private static int CommonLength(string[] a, string[] b, Func<string[], int, string> pick, int most)
    {
        var length = 0;
        while (length < most && pick(a, length) == pick(b, length))
            length++;
        return length;
    }

    private static IEnumerable<DiffLine> Same(string[] lines) => lines.Select(line => new DiffLine(DiffKind.Same, line));

    private static IEnumerable<DiffLine> Replace(string[] a, string[] b) =>
        a.Select(line => new DiffLine(DiffKind.Removed, line)).Concat(b.Select(line => new DiffLine(DiffKind.Added, line)));
}
