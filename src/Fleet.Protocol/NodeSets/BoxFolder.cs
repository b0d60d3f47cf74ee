namespace Fleet.Protocol.NodeSets;

/// <summary>
/// Covers rows of numbers with boxes, each the product of one bracket a column: (1,1) (1,2) (2,1) (2,2) is <c>[1-2] x [1-2]</c>.
/// </summary>
/// <remarks>
/// Finding the fewest boxes is NP-hard; this joins boxes that differ in one column only, column after column until nothing
/// joins, starting once with each column, and keeps the shortest text. Exact for one column and for full products.
/// </remarks>
internal static class BoxFolder
{
    // Columns that vary beyond this many are kept apart as text: each costs a pass over the rows.
    private const int MostColumns = 6;

    // More rows than this are folded in one order only: milliseconds matter more than the last character.
    private const int MostRowsForAllOrders = 20_000;

    /// <summary>One item of the folded text.</summary>
    /// <param name="FirstRow">The smallest numbers of the box, for ordering.</param>
    /// <param name="Brackets">What stands in place of each number.</param>
    public readonly record struct Box(string[] FirstRow, string[] Brackets);

    public static IEnumerable<Box> Fold(List<string[]> rows)
    {
        var columns = VaryingColumns(rows);
        if (columns.Count <= MostColumns)
            return FoldGroup(rows, columns);

        var folded = columns.GetRange(0, MostColumns);
        var apart = columns.GetRange(MostColumns, columns.Count - MostColumns);
        return rows.GroupBy(row => string.Join(',', apart.Select(column => row[column])))
            .SelectMany(group => FoldGroup([.. group], folded));
    }

    private static List<int> VaryingColumns(List<string[]> rows) =>
        [.. Enumerable.Range(0, rows[0].Length).Where(column => rows.Exists(row => row[column] != rows[0][column]))];

    private static IEnumerable<Box> FoldGroup(List<string[]> rows, List<int> columns)
    {
        var best = new BoxSet(rows, columns);
        if (columns.Count == 0)
            return best.Boxes();

        var orders = rows.Count > MostRowsForAllOrders ? 1 : columns.Count;
        var shortest = int.MaxValue;
        for (var start = 0; start < orders; start++)
        {
            var boxes = new BoxSet(rows, columns);
            boxes.JoinAll(firstColumn: columns.Count - 1 - start);
            var length = boxes.TextLength();
            if (length < shortest)
                (best, shortest) = (boxes, length);
        }

        return best.Boxes();
    }
}
