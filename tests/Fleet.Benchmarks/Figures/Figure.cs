namespace Fleet.Benchmarks.Figures;

/// <summary>One figure: its values, and what it must not exceed.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Values">All values, in the order in which they were taken.</param>
/// <param name="Target">The median must not exceed this; null where nothing is promised.</param>
internal sealed record Figure(string Name, string Unit, IReadOnlyList<double> Values, double? Target = null)
{
    /// <summary>The middle value; the mean of the two middle ones where their number is even.</summary>
    public double Median
    {
        get
        {
            var sorted = Values.Order().ToArray();
            var middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /// <summary>The median as a share of the target.</summary>
    public double? Ratio => Target is > 0 and var target ? Median / target : null;

    /// <summary>Whether the promise was kept; null where there is none.</summary>
    public bool? Passes => Target is { } target ? Median <= target : null;
}
