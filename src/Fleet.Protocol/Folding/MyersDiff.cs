namespace Fleet.Protocol.Folding;

/// <summary>The shortest difference of two lists of lines, after E. Myers, "An O(ND) Difference Algorithm", 1986.</summary>
/// <remarks>Gives up beyond a number of changes: time is that number times the lines, memory its square.</remarks>
internal static class MyersDiff
{
    // 1,000 changes keep the trace at 4 MB. A difference of more lines than this is not read by anybody.
    private const int MostChanges = 1_000;

    /// <summary>The lines of both sides in order, or null where they differ by too much.</summary>
    public static List<DiffLine>? Find(string[] a, string[] b)
    {
        // furthest[k] is how far along a one gets on diagonal k = x - y with d changes.
        var most = Math.Min(a.Length + b.Length, MostChanges);
        var furthest = new int[(2 * most) + 3];
        var origin = most + 1;
        var trace = new List<int[]>();
        for (var d = 0; d <= most; d++)
        {
            for (var k = -d; k <= d; k += 2)
            {
                var x = IsDown(furthest, origin, k, d) ? furthest[origin + k + 1] : furthest[origin + k - 1] + 1;
                // Diagonals leave the grid once d exceeds its sides; no way leads back from there, so it does no harm.
                while (x < a.Length && x - k < b.Length && a[x] == b[x - k])
                    x++;
                furthest[origin + k] = x;
                if (x >= a.Length && x - k >= b.Length)
                    return WalkBack(a, b, trace, d, k);
            }

            trace.Add(furthest[(origin - d)..(origin + d + 1)]);
        }

        return null;
    }

    // From the diagonal above (a line of b is added) or from the one below (a line of a is removed), whichever got further.
    private static bool IsDown(int[] furthest, int origin, int k, int d) =>
        k == -d || (k != d && furthest[origin + k - 1] < furthest[origin + k + 1]);

    private static List<DiffLine> WalkBack(string[] a, string[] b, List<int[]> trace, int d, int k)
    {
        var lines = new List<DiffLine>();
        var (x, y) = (a.Length, b.Length);
        for (; d > 0; d--)
        {
            // The row of d - 1 holds diagonals -(d-1) .. d-1.
            var row = trace[d - 1];
            var isDown = IsDown(row, d - 1, k, d);
            var from = isDown ? k + 1 : k - 1;
            var changedX = row[d - 1 + from] + (isDown ? 0 : 1);
            for (; x > changedX; y--)
                lines.Add(new DiffLine(DiffKind.Same, a[--x]));

            lines.Add(isDown ? new DiffLine(DiffKind.Added, b[--y]) : new DiffLine(DiffKind.Removed, a[--x]));
            k = from;
        }

        while (x > 0)
            lines.Add(new DiffLine(DiffKind.Same, a[--x]));
        lines.Reverse();
        return lines;
    }
}
