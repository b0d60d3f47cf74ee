namespace Fleet.Storage;

/// <summary>Divides room among many: nobody gets more than it wants, and what some do not want the others share evenly.</summary>
internal static class FairShare
{
    /// <summary>The most that anybody gets so that all together fit; <see cref="long.MaxValue"/> where everybody gets what it wants.</summary>
    public static long Of(IEnumerable<long> wanted, long room)
    {
        var sorted = wanted.Order().ToArray();
        for (var i = 0; i < sorted.Length; i++)
        {
            var even = room / (sorted.Length - i);
            if (sorted[i] > even)
                return even;
            room -= sorted[i];
        }

        return long.MaxValue;
    }
}
